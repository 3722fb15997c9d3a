namespace GrpcKerberos.Client;

/// <summary>What sessions a service makes with us, as far as it proved it.</summary>
internal enum ServerKind
{
    Unknown,

    /// <summary>Every replica takes K's session.</summary>
    Portable,

    /// <summary>Each server process has a session of its own.</summary>
    Bound,

    /// <summary>It is none of GrpcKerberos, and has no sessions.</summary>
    Foreign,
}
