using System.Diagnostics.Metrics;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>The measurements of one scheme; schemes share the instruments. What nobody listens to costs a look at a flag.</summary>
internal sealed class ServerMetrics
{
    private static readonly InstrumentAdvice<double> s_skews = new() { HistogramBucketBoundaries = [-300, -60, -10, -1, -0.1, 0, 0.1, 1, 10, 60, 300] };

    private readonly TimeProvider _timeProvider;
    private readonly Histogram<double> _exchanges;
    private readonly Histogram<double> _clockSkew;
    private readonly Counter<long> _tickets;
    private readonly Counter<long> _reloads;

    public ServerMetrics(IMeterFactory meterFactory, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        // The factory keeps one meter of a name and owns it; the meter gives the same instrument for the same name again.
        var meter = meterFactory.Create(KerberosMeter.Name);
        _exchanges = meter.CreateHistogram("kerberos.server.exchange.duration", "s", "Time it took to judge the proof of a call.", tags: null, KerberosMeter.Durations);
        _clockSkew = meter.CreateHistogram("kerberos.server.clock_skew", "s", "The service's clock less the client's, as its token tells it.", tags: null, s_skews);
        _tickets = meter.CreateCounter<long>("kerberos.server.tickets", "{ticket}", "Tokens taken, by the key that opened their ticket.");
        _reloads = meter.CreateCounter<long>("kerberos.server.keytab.reloads", "{reload}", "Times the keytab was read again: to other keys, or in vain.");
    }

    /// <summary>What is asked for when somebody collects: once for all schemes.</summary>
    /// <param name="meterFactory">The application's.</param>
    /// <param name="sessions">Sessions kept now.</param>
    /// <param name="replayCacheEntries">Proofs kept now; null where the application's own store keeps them.</param>
    public static void Observe(IMeterFactory meterFactory, Func<long> sessions, Func<long?> replayCacheEntries)
    {
        var meter = meterFactory.Create(KerberosMeter.Name);
        meter.CreateObservableUpDownCounter("kerberos.server.sessions", sessions, "{session}", "Sessions kept in memory.");
        meter.CreateObservableUpDownCounter(
            "kerberos.server.replay_cache.entries",
            () => replayCacheEntries() is { } entries ? [new Measurement<long>(entries)] : Array.Empty<Measurement<long>>(),
            "{entry}",
            "Proofs kept in the replay cache in memory.");
    }

    /// <summary>The timestamp a judgement begins at; 0 where nobody wants to know.</summary>
    public long Begin() => _exchanges.Enabled ? _timeProvider.GetTimestamp() : 0;

    /// <param name="began">What <see cref="Begin"/> gave.</param>
    /// <param name="carrier">One of those in <see cref="KerberosMeter"/>.</param>
    /// <param name="error">The name the peer is told; null where the proof is good.</param>
    public void Judged(long began, string carrier, string? error)
    {
        if (began == 0 || !_exchanges.Enabled) return;
        var seconds = _timeProvider.GetElapsedTime(began).TotalSeconds;
        var by = new KeyValuePair<string, object?>(KerberosMeter.Carrier, carrier);
        if (error is null) _exchanges.Record(seconds, by);
        else _exchanges.Record(seconds, by, new KeyValuePair<string, object?>(KerberosMeter.ErrorType, error));
    }

    /// <summary>The name the peer is told; null of a proof that is good, and of PROVE: that established what the call comes again under.</summary>
    public static string? ErrorOf(RefusedCall? refused) => refused is { Cause: not ApRejection.ProofWanted and var cause } ? cause.WireName() : null;

    public void TicketTaken(AcceptedExchange exchange, KerberosTime now)
    {
        if (_clockSkew.Enabled) _clockSkew.Record((now - exchange.Authenticator.ClientTime).TotalSeconds);
        if (!_tickets.Enabled) return;
        _tickets.Add(
            1,
            new KeyValuePair<string, object?>(KerberosMeter.Service, exchange.Service.ToString()),
            new KeyValuePair<string, object?>("kerberos.key_version", (long)exchange.KeyVersion),
            new KeyValuePair<string, object?>("kerberos.encryption_type", exchange.TicketEncryptionType.ToMitName()));
    }

    /// <summary>Of what was refused only a clock too far away says how far: any other authenticator may be an old one, sent again by somebody else.</summary>
    public void TicketRefused(RefusedCall refused, KerberosTime now)
    {
        if (refused is { Cause: ApRejection.ClockSkew, Refusal.Authenticator: { } authenticator } && _clockSkew.Enabled) _clockSkew.Record((now - authenticator.ClientTime).TotalSeconds);
    }

    public void KeytabReloaded() => _reloads.Add(1);

    /// <summary>Each time: as long as it fails, the count goes up.</summary>
    public void KeytabReloadFailed() => _reloads.Add(1, new KeyValuePair<string, object?>(KerberosMeter.ErrorType, KerberosError.KeytabUnusable.ToWireName()));
}
