namespace GrpcKerberos.Tests.Explorer;

/// <summary>How gRPC goes about a call.</summary>
internal enum Attempts
{
    One,

    /// <summary>Another attempt where one was lost.</summary>
    Retried,

    /// <summary>Two at once; the first answer counts.</summary>
    Hedged,
}
