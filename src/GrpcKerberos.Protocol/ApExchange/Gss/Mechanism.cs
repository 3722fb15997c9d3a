namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>The GSS-API mechanisms whose names we know: Kerberos to speak it, the others to say what is wrong.</summary>
internal enum Mechanism
{
    Unknown,

    /// <summary>1.2.840.113554.1.2.2 (RFC 4121).</summary>
    Kerberos,

    /// <summary>1.2.840.48018.1.2.2: the same mechanism as Windows names it, one arc cut to its low 16 bits.</summary>
    MicrosoftKerberos,

    /// <summary>1.2.840.113554.1.2.2.3.</summary>
    UserToUser,

    /// <summary>1.3.6.1.5.2.5.</summary>
    IaKerb,

    /// <summary>1.3.6.1.5.5.2 (RFC 4178).</summary>
    Spnego,

    /// <summary>1.3.6.1.4.1.311.2.2.10.</summary>
    Ntlm,

    /// <summary>1.3.6.1.4.1.311.2.2.30.</summary>
    NegoEx,
}
