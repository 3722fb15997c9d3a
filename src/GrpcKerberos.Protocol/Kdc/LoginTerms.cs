using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What kind of ticket-granting ticket a login asks for: ticket_lifetime, renew_lifetime, forwardable and canonicalize of krb5.conf, as kinit heeds them.</summary>
/// <param name="Lifetime">Null: the longest the KDC gives.</param>
/// <param name="RenewLifetime">Null: not renewable, since a login by keys can be had again.</param>
/// <param name="Forwardable">Whether services may be given it to act by.</param>
/// <param name="Canonicalize">Whether the KDC may know the client by another name, or send it to another realm.</param>
internal sealed record LoginTerms(TimeSpan? Lifetime = null, TimeSpan? RenewLifetime = null, bool Forwardable = false, bool Canonicalize = false)
{
    public static LoginTerms Default { get; } = new();

    public KdcOptions Options =>
        (Forwardable ? KdcOptions.Forwardable : KdcOptions.None) | (RenewLifetime is null ? KdcOptions.None : KdcOptions.Renewable)
        | (Canonicalize ? KdcOptions.Canonicalize : KdcOptions.None);

    /// <summary>Zero stands for the default, as with MIT.</summary>
    public static LoginTerms Of(Krb5Config config) => new(Positive(config.TicketLifetime), Positive(config.RenewLifetime), config.Forwardable, config.Canonicalize);

    public KerberosTime Till(KerberosTime now) => Lifetime is { } life ? WholeSeconds(now + life) : KdcRequests.LongestTill;

    public KerberosTime? RenewTill(KerberosTime now) => RenewLifetime is { } life ? WholeSeconds(now + life) : null;

    private static TimeSpan? Positive(TimeSpan? span) => span > TimeSpan.Zero ? span : null;

    private static KerberosTime WholeSeconds(KerberosTime time) => new(time.WholeSeconds);
}
