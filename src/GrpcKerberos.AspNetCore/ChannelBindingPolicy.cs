namespace GrpcKerberos.AspNetCore;

/// <summary>What to do with the channel bindings of clients, which tie a proof to the TLS certificate they see (RFC 5929 section 4).</summary>
public enum ChannelBindingPolicy
{
    /// <summary>They are not looked at, and bind nothing.</summary>
    Ignore,

    /// <summary>One that is sent must be right, wherever there is a certificate to compare it with; a client that demands the comparison must send one.</summary>
    WhenSent,

    /// <summary>Who sends none, or calls where there is no certificate to compare with, is refused.</summary>
    Require,
}
