using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A login by long-term keys: the ticket-granting ticket stays in memory, and another login replaces it before it ends.</summary>
internal abstract class KeyLogin : ILogin
{
    /// <summary>More than a service ticket's margin, so that what is fetched by it can still be used.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly KdcClient _kdc;
    private readonly TicketSlot _slot;
    private readonly RefusedKeys _refused = new();
    private KerberosPrincipal? _client;
    private KerberosPrincipal? _askedAs;

    private protected KeyLogin(KdcClient kdc, KdcEvents? events)
    {
        _kdc = kdc;
        _slot = new TicketSlot(LoginAsync, kdc.Clock, s_margin, events ?? KdcEvents.None, _stopping.Token);
    }

    /// <summary>Null before the first login; the last one's client after that, with its ticket-granting ticket gone too.</summary>
    public KerberosPrincipal? Client => Volatile.Read(ref _client);

    public abstract string Source { get; }

    public bool LoggedInAs(KerberosPrincipal name) => name.Equals(Volatile.Read(ref _askedAs));

    public ValueTask<ServiceTicket> GetGrantingTicketAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        return _slot.TryGet(out var ticket) ? ValueTask.FromResult(ticket) : _slot.FetchAsync(cancellationToken);
    }

    public bool TryGetServiceTicket(KerberosPrincipal service, [NotNullWhen(true)] out ServiceTicket? ticket)
    {
        ticket = null;
        return false;
    }

    public void Forget(ServiceTicket grantingTicket) => _slot.Forget(grantingTicket);

    public void Dispose() => _stopping.Cancel();

    /// <summary>Who logs in, and with what; asked anew for each login.</summary>
    private protected abstract ValueTask<(KerberosPrincipal Client, IClientKeys Keys)> GetKeysAsync(CancellationToken cancellationToken);

    private async Task<ServiceTicket?> LoginAsync(TicketNeed need, CancellationToken cancellationToken)
    {
        var (client, keys) = await GetKeysAsync(cancellationToken).ConfigureAwait(false);
        _refused.Require(keys, _kdc.Clock.HostNow);
        var ticket = await LoginAsync(client, keys, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _askedAs, client);
        Volatile.Write(ref _client, ticket.Client);
        return need.Current is { } current && ticket.Ends <= current.Ends && ticket.Client.Equals(current.Client) ? null : ticket;
    }

    private async ValueTask<ServiceTicket> LoginAsync(KerberosPrincipal client, IClientKeys keys, CancellationToken cancellationToken)
    {
        try
        {
            var ticket = await _kdc.LoginAsync(client, keys, cancellationToken).ConfigureAwait(false);
            _refused.Clear();
            return ticket;
        }
        catch (KerberosException e) when (e.Error == KerberosError.PreauthenticationFailed)
        {
            _refused.Add(keys, e, _kdc.Clock.HostNow);
            throw;
        }
    }
}
