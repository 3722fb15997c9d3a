namespace GrpcKerberos.Tests.Explorer;

/// <summary>What a channel runs over.</summary>
internal enum Link
{
    Tls,

    /// <summary>Without TLS, to a server that makes sessions of its own there.</summary>
    Clear,

    /// <summary>Without TLS, to a server whose operator calls it portable all the same.</summary>
    Mesh,
}
