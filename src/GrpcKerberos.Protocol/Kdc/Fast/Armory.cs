using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc.Fast;

/// <summary>Where logins get their armour.</summary>
/// <param name="cache">A credential cache that was named for it, as with kinit -T: logins are armoured from their first request on, and none is unarmoured. Null: none was.</param>
/// <param name="hostKeytab">Reads this host's keytab, for realms whose KDC demands armour where no cache was named; null: there is none.</param>
/// <param name="hostKeytabName">The keytab as messages name it.</param>
internal sealed class Armory(ILogin? cache = null, Func<Keytab>? hostKeytab = null, string hostKeytabName = "")
{
    public static Armory Empty { get; } = new();

    /// <summary>The armour a login of a realm begins with; null: it begins without.</summary>
    /// <exception cref="KerberosException">The cache that was named is of no use for this.</exception>
    public async ValueTask<FastArmor?> FirstAsync(string realm, KdcClock clock, CancellationToken cancellationToken)
    {
        if (cache is null) return null;
        var ticket = await cache.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
        // Who writes outside cannot be believed where armour is wanted: the clock must be right, or known from who filled the cache.
        return ticket.Service.Equals(KerberosPrincipal.TicketGrantingService(realm))
            ? FastArmor.Make(ticket, clock, cache.ClockOffset ?? clock.Offset)
            : throw KdcErrors.ArmorOfOtherRealm(ticket, realm);
    }

    /// <summary>The keys of the host in a realm: the first host/ principal of it, else the first of whatever name; null: none but the client's own.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.KeytabUnusable"/>.</exception>
    public KeytabKeys? HostKeys(KerberosPrincipal client)
    {
        if (hostKeytab is null) return null;
        var keytab = hostKeytab();
        var candidates = keytab.Principals.Where(p => p.Realm == client.Realm && !p.Equals(client)).ToList();
        var host = candidates.Find(static p => p.Components is ["host", _]) ?? candidates.FirstOrDefault();
        return host is null ? null : KeytabKeys.Of(keytab, host, hostKeytabName);
    }
}
