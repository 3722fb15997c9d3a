using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Fetches a ticket; null only where <see cref="TicketNeed.Current"/> cannot be bettered.</summary>
internal delegate Task<ServiceTicket?> TicketFetch(TicketNeed need, CancellationToken cancellationToken);

/// <summary>One ticket: fetched once for all who wait, renewed in the background when someone uses it near its end.</summary>
/// <remarks>A failure is told to those who waited for it and to nobody later. A failed renewal leaves the old ticket in use.</remarks>
internal sealed class TicketSlot(TicketFetch fetch, KdcClock clock, TimeSpan margin, KdcEvents events, CancellationToken stopped)
{
    private static readonly TimeSpan s_firstDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_shortestDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private HeldTicket? _held;
    private ServiceTicket? _refused;
    private Task<ServiceTicket?>? _inFlight;
    private long _nextRenewal;
    private int _failures;

    /// <summary>The ticket at hand, however little of its life is left; null where there is none.</summary>
    public ServiceTicket? Ticket => Volatile.Read(ref _held)?.Ticket;

    /// <summary>The ticket at hand if it lives for a moment yet; no allocation. Starts its renewal where that is due.</summary>
    public bool TryGet([NotNullWhen(true)] out ServiceTicket? ticket)
    {
        ticket = null;
        var now = clock.Now;
        if (Volatile.Read(ref _held) is not { } held || now >= held.UsableUntil) return false;
        if (now.MicrosecondsSinceEpoch >= Volatile.Read(ref _nextRenewal)) Renew(now);
        ticket = held.Ticket;
        return true;
    }

    /// <summary>Waits for the fetch in flight, or starts one. Cancellation ends this caller's wait and nothing else.</summary>
    public async ValueTask<ServiceTicket> FetchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await Join().WaitAsync(cancellationToken).ConfigureAwait(false) is { } ticket) return ticket;
            // That was a renewal which brought nothing; meanwhile the old ticket has gone.
        }
    }

    /// <summary>Drops the ticket, if it is still this one; the next fetch brings another.</summary>
    public void Forget(ServiceTicket ticket)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_held?.Ticket, ticket)) return;
            _held = null;
            _refused = ticket;
        }
    }

    private Task<ServiceTicket?> Join()
    {
        lock (_lock)
        {
            if (_inFlight is not null) return _inFlight;
            if (_held is { } held && clock.Now < held.UsableUntil) return Task.FromResult<ServiceTicket?>(held.Ticket);
            return Start(current: null);
        }
    }

    private void Renew(KerberosTime now)
    {
        lock (_lock)
        {
            if (_inFlight is null && _held is { } held && now.MicrosecondsSinceEpoch >= _nextRenewal) Start(held.Ticket);
        }
    }

    /// <summary>On a thread of its own, so that no caller's thread, context or cancellation carries it.</summary>
    /// <remarks>What a call waits for is part of its trace; a renewal is nobody's, and a trace of its own.</remarks>
    private Task<ServiceTicket?> Start(ServiceTicket? current)
    {
        var need = new TicketNeed(current, _refused);
        var waiting = current is null ? Activity.Current : null;
        using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
        {
            _inFlight = Task.Run(() => RunAsync(need, waiting), CancellationToken.None);
        }

        // Where every waiter has gone, nobody else looks at a failure.
        _ = _inFlight.ContinueWith(
            static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return _inFlight;
    }

    private async Task<ServiceTicket?> RunAsync(TicketNeed need, Activity? waiting)
    {
        Activity.Current = waiting;
        try
        {
            var ticket = await fetch(need, stopped).ConfigureAwait(false);
            Settle(need.Current, ticket, failure: null);
            return ticket;
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            Settle(need.Current, null, failure: null);
            throw new ObjectDisposedException(nameof(TicketSource));
        }
#pragma warning disable CA1031 // a keytab may come out of anybody's code, and a renewal has nobody to throw to
        catch (Exception e)
        {
            Settle(need.Current, null, e);
            if (need.Current is null) throw;
            return null;
        }
#pragma warning restore CA1031
    }

    private void Settle(ServiceTicket? current, ServiceTicket? fetched, Exception? failure)
    {
        TimeSpan delay;
        lock (_lock)
        {
            _inFlight = null;
            var now = clock.Now;
            if (fetched is not null) _held = new HeldTicket(fetched, margin);
            _failures = fetched is null ? _failures + 1 : 0;
            delay = Delay(now);
            var next = fetched is not null && _held!.RenewFrom > now + delay ? _held.RenewFrom : now + delay;
            Volatile.Write(ref _nextRenewal, next.MicrosecondsSinceEpoch);
        }

        if (current is not null && failure is not null) events.RenewalFailed?.Invoke(current, failure, delay);
    }

    /// <summary>Doubles from try to try, yet leaves room for some more tries while the ticket lives.</summary>
    private TimeSpan Delay(KerberosTime now)
    {
        var delay = Backoff.After(_failures, s_firstDelay, s_longestDelay);
        if (_held is { } held && (held.Ticket.Ends - now) / 4 < delay) delay = (held.Ticket.Ends - now) / 4;
        return delay > s_shortestDelay ? delay : s_shortestDelay;
    }
}
