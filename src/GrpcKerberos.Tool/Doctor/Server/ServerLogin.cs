using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Tool.Doctor.Server;

/// <summary>A login to ask for tickets by: a cache that holds one, else the keytab's own keys.</summary>
/// <remarks>The cache first: a keytab that is too old would cost the account a wrong password, and some lock it after few.</remarks>
internal sealed class ServerLogin(ServerCase service, KdcClient kdc)
{
    /// <summary>An account's names in a keytab are few; more logins than that tell nothing more.</summary>
    private const int MostLogins = 4;

    /// <returns>The ticket-granting ticket, and whose it is as a clause.</returns>
    /// <exception cref="KerberosException">Neither is of use; the message is of the one that came nearest.</exception>
    public async Task<(ServiceTicket Ticket, string Source)> GetAsync(CancellationToken cancellationToken)
    {
        using var cache = new CacheLogin(
            () => CredentialCacheLocation.Resolve(service.Cache, service.Config, service.Host.Environment, "--ccache"), service.Host.Time);
        if (service.Cache is null && !cache.IsLive) return await ByKeytabAsync(cancellationToken).ConfigureAwait(false);
        var ticket = await cache.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
        return (ticket, $"the login of {ticket.Client}");
    }

    private async Task<(ServiceTicket Ticket, string Source)> ByKeytabAsync(CancellationToken cancellationToken)
    {
        KerberosException? first = null;
        foreach (var name in service.Names.Concat(service.Keytab.Keys.Principals).Distinct().Take(MostLogins))
        {
            try
            {
                var keys = KeytabKeys.Of(service.Keytab.Keys, name, service.Keytab.Source);
                keys.RequireOneOf(kdc.EncryptionTypes);
                return (await kdc.LoginAsync(name, keys, cancellationToken).ConfigureAwait(false), $"{name} itself");
            }
            catch (KerberosException e) when (e.Error is not KerberosError.KdcUnreachable)
            {
                first ??= e;
            }
        }

        throw first is { Error: KerberosError.ClientUnknown }
            ? new KerberosException(
                KerberosError.NoCredentials,
                $"No name in the keytab can log in by itself, as names of services in Active Directory cannot, and there is no other login to ask the KDC by. "
                + $"Next: kinit as any user of {service.Names[0].Realm}, or name a login's cache (--ccache), and run this again.",
                first)
            : first ?? new KerberosException(KerberosError.KeytabUnusable, $"Keytab {service.Keytab.Source} holds no key. Next: export it again.");
    }
}
