using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Commands;

namespace GrpcKerberos.Tool.Klist;

/// <summary>Reads caches and keytabs where the library would, and takes everything out of them but the keys.</summary>
internal sealed class Listings(Krb5Config config, ToolHost host)
{
    /// <param name="name">A keytab; null: the default one of services.</param>
    public KeytabListing OfKeytab(string? name)
    {
        var location = ServerKeytabLocation.Resolve(name, SharedOptions.Origin, config, host.Environment);
        var entries = KeytabLoader.Load(location).Entries;
        return new KeytabListing($"FILE:{FileKind.Split(location.Path).Path}", location.Setting, [.. entries.Select(Listed)]);
    }

    /// <param name="name">A cache, or a directory of caches; null: the default one.</param>
    /// <param name="all">Of a directory all of them, and not the primary one alone.</param>
    public CacheListing OfCaches(string? name, bool all)
    {
        CredentialCacheDirectory? directory = null;
        var location = CredentialCacheLocation.Resolve(name, config, host.Environment, SharedOptions.Origin, chosen =>
        {
            directory = chosen;
            return chosen.Primary();
        });
        return new CacheListing([.. Paths().Select(path => Listed(location with { Path = path }))]);

        IEnumerable<string> Paths() => all && directory?.All().Where(File.Exists).ToList() is { Count: > 0 } paths ? paths : [location.Path];
    }

    private ListedCache Listed(FileLocation location)
    {
        var cache = CredentialCacheFile.TryLoad(location) ?? throw new KerberosException(
            KerberosError.NoCredentials, $"The credential cache {location.CacheName} does not exist. Next: run kinit, or name another cache.");
        var now = new KerberosTime(host.Time.GetUtcNow()) + cache.KdcOffset;
        var tickets = cache.Tickets.Select(t => Listed(t, cache, now)).ToList();
        foreach (var ticket in cache.Tickets) ticket.SessionKey.Dispose();
        double? offset = cache.KdcOffset == TimeSpan.Zero ? null : cache.KdcOffset.TotalSeconds;
        return new ListedCache($"{location.CachePrefix}{location.Path}", location.Setting, cache.Owner.ToString(), offset, tickets);
    }

    private static ListedTicket Listed(ServiceTicket ticket, CredentialCache cache, KerberosTime now) => new(
        ticket.Service.ToString(),
        ticket.Client.Equals(cache.Owner) ? null : ticket.Client.ToString(),
        ticket.Ticket.EncPart.KeyVersion,
        ticket.Ticket.EncPart.Type.ToMitName(),
        ticket.SessionKey.Type.ToMitName(),
        ticket.Starts.ToString(),
        ticket.Ends.ToString(),
        ticket.RenewTill?.ToString(),
        (long)(ticket.Ends - now).TotalSeconds,
        FlagNames.Of(ticket.Flags));

    private static ListedKey Listed(KeytabEntry entry) => new(
        entry.Principal.ToString(), entry.KeyVersion, entry.Type.ToMitName(), entry.Timestamp.ToString(), EncryptionProfile.IsBuiltIn(entry.Type));
}
