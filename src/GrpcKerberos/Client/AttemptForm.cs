namespace GrpcKerberos.Client;

/// <summary>What proves an attempt.</summary>
internal enum AttemptForm
{
    /// <summary>The MIC alone: the server is held to know the session.</summary>
    Known,

    /// <summary>MIC and token: whichever replica gets it can take it.</summary>
    Token,

    /// <summary>The MIC alone, after the session was established by a call of its own.</summary>
    Establish,
}
