using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The tickets kinit left in a ccache, read again when the file changed. Never written.</summary>
/// <param name="location">Where the ccache is, resolved anew for each look; may throw <see cref="KerberosError.NoCredentials"/>.</param>
/// <param name="timeProvider">This host's clock.</param>
/// <param name="named">Types the options name: a ticket whose session key is neither of one of them nor built in is not seen.</param>
internal sealed class CacheLogin(Func<FileLocation> location, TimeProvider timeProvider, IReadOnlyList<EncryptionType>? named = null) : ILogin
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CacheSnapshot? _snapshot;

    public KerberosPrincipal? Client => Glance().Cache?.Owner;

    public string Source => Glance().Location?.CacheName ?? "the credential cache";

    public TimeSpan? ClockOffset => Glance().Cache?.KdcOffset;

    /// <summary>Whether a ticket-granting ticket is here that has not ended.</summary>
    public bool IsLive
    {
        get
        {
            var seen = Glance();
            return seen.GrantingTicket is { } ticket && ticket.Ends > seen.Now(timeProvider);
        }
    }

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var seen = Look();
        if (seen.Error is { } error) throw new KerberosException(error.Error, error.Message, error);
        var owner = seen.Cache!.Owner;
        var ticket = seen.GrantingTicket ?? throw new KerberosException(
            KerberosError.NoCredentials,
            $"The credential cache {seen.Location!.CacheName} holds no ticket-granting ticket of {owner}. Next: run kinit.");
        var now = seen.Now(timeProvider);
        return ticket.Ends > now ? ValueTask.FromResult(ticket) : throw new KerberosException(
            KerberosError.CredentialsExpired,
            $"The ticket of {owner} in {seen.Location!.CacheName} expired at {ticket.Ends}, {DurationText.Of(now - ticket.Ends)} ago. "
            + "Next: run kinit. A service should use a keytab: it renews by itself.");
    }

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket)
    {
        var seen = Look();
        ticket = seen.Cache?.Find(service);
        if (ticket is not null && ticket.Ends > seen.Now(timeProvider)) return true;
        ticket = null;
        return false;
    }

    /// <summary>Nothing here can fetch another; kinit can.</summary>
    public void Forget(ServiceTicket grantingTicket)
    {
    }

    public void Dispose()
    {
    }

    /// <summary>What was seen last, if that is not long ago: this is asked for every call.</summary>
    private CacheSnapshot Glance() =>
        Volatile.Read(ref _snapshot) is { } seen && timeProvider.GetElapsedTime(seen.LookedAt) < s_lookInterval ? seen : Look();

    private CacheSnapshot Look()
    {
        lock (_lock)
        {
            var seen = Read(_snapshot, timeProvider.GetTimestamp());
            Volatile.Write(ref _snapshot, seen);
            return seen;
        }
    }

    private bool IsPermitted(EncryptionType sessionKey) => EncryptionProfile.IsBuiltIn(sessionKey) || named?.Contains(sessionKey) == true;

    private CacheSnapshot Read(CacheSnapshot? old, long now)
    {
        FileLocation? where = null;
        try
        {
            where = location();
            var stamp = FileStamp.Of(where.Path);
            if (old is { Stamp: { } read } && read == stamp && read != default && old.Location == where) return old with { LookedAt = now };
            return new CacheSnapshot(where, stamp, CredentialCacheFile.Load(where).Where(IsPermitted), null, now);
        }
        catch (KerberosException e)
        {
            // kinit writes in place, so a file may be met half written: what was read before stays, and the next look reads again.
            var isThere = where is not null && File.Exists(where.Path);
            return isThere && old is { Cache: not null } && old.Location == where
                ? old with { Stamp = null, LookedAt = now }
                : new CacheSnapshot(where, null, null, e, now);
        }
    }
}
