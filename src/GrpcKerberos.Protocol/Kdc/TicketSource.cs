using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Tickets for services, one per service principal: fetched once for all who wait, renewed early, kept in memory alone.</summary>
internal sealed class TicketSource : IDisposable
{
    public const int DefaultCapacity = 10_000;

    /// <summary>A call under way may take so long until the service looks at its ticket; services allow for skew beyond.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogin _login;
    private readonly KdcClient _kdc;
    private readonly TicketSlotTable _slots;
    private readonly RealmTickets _otherRealms = new();
    private long _refusedLogin = long.MinValue;

    /// <param name="login">Who asks; disposed with this.</param>
    /// <param name="kdc">Whom to ask.</param>
    /// <param name="timeProvider">This host's clock.</param>
    /// <param name="events">Who wants to hear of renewals that fail.</param>
    /// <param name="capacity">How many services' tickets are kept.</param>
    public TicketSource(ILogin login, KdcClient kdc, TimeProvider timeProvider, KdcEvents? events = null, int capacity = DefaultCapacity)
    {
        _login = login;
        _kdc = kdc;
        _slots = new TicketSlotTable(
            capacity,
            service => new TicketSlot(
                (need, stopped) => FetchAsync(service, need, stopped), kdc.Clock, s_margin, events ?? KdcEvents.None, _stopping.Token),
            timeProvider);
    }

    /// <summary>The tickets at hand, for metrics.</summary>
    public IEnumerable<ServiceTicket> Tickets => _slots.Slots.Select(static s => s.Ticket).OfType<ServiceTicket>();

    /// <summary>A ticket that lives for a moment yet; completes synchronously, without allocation, where one is at hand.</summary>
    /// <exception cref="KerberosException">There are no credentials, or no KDC gave a ticket.</exception>
    public ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        var slot = _slots.Get(service);
        if (!slot.TryGet(out var ticket)) return slot.FetchAsync(cancellationToken);
        if (ticket.Client.Equals(_login.Client)) return ValueTask.FromResult(ticket);
        // Somebody else has logged in since, or nobody is logged in any more.
        slot.Forget(ticket);
        return slot.FetchAsync(cancellationToken);
    }

    /// <summary>The service refused it (expired there, key changed): the next <see cref="GetAsync"/> fetches anew.</summary>
    public void Forget(ServiceTicket ticket)
    {
        // A ticket under another name than was asked for (RFC 6806) is filed under the one that was.
        var slot = _slots.Find(ticket.Service) is { } named && ReferenceEquals(named.Ticket, ticket)
            ? named
            : _slots.Slots.FirstOrDefault(s => ReferenceEquals(s.Ticket, ticket));
        slot?.Forget(ticket);
    }

    /// <summary>The service took none of this login's tickets any more: so it fetches by another login, where that needs nobody's password.</summary>
    public void ForgetLogin(ServiceTicket ticket)
    {
        Volatile.Write(ref _refusedLogin, ticket.AuthTime.MicrosecondsSinceEpoch);
        Forget(ticket);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _login.Dispose();
    }

    private async Task<ServiceTicket?> FetchAsync(KerberosPrincipal service, TicketNeed need, CancellationToken cancellationToken)
    {
        if (_login.TryGetServiceTicket(service, out var standing) && need.IsMetBy(standing)) return standing;
        var granting = await GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
        // No ticket outlives the one it was granted by, so until that is renewed there is nothing to gain.
        if (need.Current is { } current && granting.Ends <= current.Ends) return null;
        try
        {
            return await _kdc.GetServiceTicketAsync(granting, service, cancellationToken, _otherRealms).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error is KerberosError.TicketExpired or KerberosError.TicketRefused)
        {
            // Where it may have been a ticket of a realm on the way, the login's own is tried again.
            var other = granting;
            if (service.Realm == granting.Client.Realm || !_otherRealms.Clear())
            {
                _login.Forget(granting);
                other = await _login.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
                if (ReferenceEquals(other, granting)) throw;
            }

            return await _kdc.GetServiceTicketAsync(other, service, cancellationToken, _otherRealms).ConfigureAwait(false);
        }
    }

    private async ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken)
    {
        var granting = await _login.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
        if (granting.AuthTime.MicrosecondsSinceEpoch > Volatile.Read(ref _refusedLogin)) return granting;
        _login.Forget(granting);
        return await _login.GetGrantingTicketAsync(cancellationToken).ConfigureAwait(false);
    }
}
