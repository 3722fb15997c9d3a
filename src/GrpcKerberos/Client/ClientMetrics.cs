using System.Diagnostics.Metrics;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Client;

/// <summary>The measurements of one identity; identities of one application share the instruments. What nobody listens to costs a look at a flag.</summary>
internal sealed class ClientMetrics : IDisposable
{
    private const string KdcExchange = "kerberos.exchange";

    /// <summary>For who measures nothing: its meter is gone before anybody hears of it.</summary>
    public static readonly ClientMetrics None = Silent();

    private readonly TimeProvider _timeProvider;
    private readonly Meter? _own;
    private readonly Histogram<double> _proofs;
    private readonly Counter<long> _resends;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _kdcRequests;
    private volatile Func<IEnumerable<ServiceTicket>>? _tickets;

    /// <param name="meterFactory">The application's; null: a meter of our own.</param>
    /// <param name="timeProvider">The client's.</param>
    public ClientMetrics(IMeterFactory? meterFactory, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        // A factory owns the meters it made, and gives the same one to all.
        var meter = meterFactory?.Create(KerberosMeter.Name) ?? (_own = new Meter(KerberosMeter.Name));
        _proofs = meter.CreateHistogram("kerberos.client.proof.duration", "s", "Time it took to make the proof of an attempt.", tags: null, KerberosMeter.Durations);
        _resends = meter.CreateCounter<long>("kerberos.client.resends", "{call}", "Calls sent again by the client itself.");
        _refusals = meter.CreateCounter<long>("kerberos.client.refusals", "{call}", "Calls that ended in a refusal, or in an answer that did not prove the server.");
        _kdcRequests = meter.CreateHistogram("kerberos.kdc.request.duration", "s", "Time a KDC took to answer a request.", tags: null, KerberosMeter.Durations);
        meter.CreateObservableGauge("kerberos.client.ticket.remaining", Remaining, "s", "Time until the ticket at hand ends.");
    }

    /// <summary>Where the tickets at hand are, until it is disposed: a meter of the application's lives longer, and asks on.</summary>
    public void Observe(Func<IEnumerable<ServiceTicket>> tickets) => _tickets = tickets;

    public void Dispose()
    {
        _tickets = null;
        _own?.Dispose();
    }

    /// <summary>The timestamp a proof begins at; 0 where nobody wants to know.</summary>
    public long Begin() => _proofs.Enabled ? _timeProvider.GetTimestamp() : 0;

    /// <summary>How a proof goes.</summary>
    public static string CarrierOf(PreparedCall call) =>
        !call.HasProof ? KerberosMeter.ByNegotiate : call.Encoded.IsEmpty ? KerberosMeter.BySession : KerberosMeter.ByHeader;

    /// <param name="began">What <see cref="Begin"/> gave.</param>
    /// <param name="carrier">One of those in <see cref="KerberosMeter"/>.</param>
    public void Proved(long began, string carrier)
    {
        if (began != 0 && _proofs.Enabled) _proofs.Record(_timeProvider.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>(KerberosMeter.Carrier, carrier));
    }

    /// <param name="error">The name the refusal travelled under.</param>
    public void Resent(string error) => _resends.Add(1, new KeyValuePair<string, object?>(KerberosMeter.ErrorType, error));

    /// <param name="error">The name it travelled under.</param>
    public void Refused(string error) => _refusals.Add(1, new KeyValuePair<string, object?>(KerberosMeter.ErrorType, error));

    public void Refused(KerberosError error) => Refused(error.ToWireName());

    /// <param name="kdc">Who was asked.</param>
    /// <param name="reply">What was asked for: AS-REP or TGS-REP.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="error">Why there is no ticket; null where there is one.</param>
    public void KdcAsked(KdcAddress kdc, MessageType reply, TimeSpan elapsed, string? error)
    {
        if (!_kdcRequests.Enabled) return;
        var exchange = new KeyValuePair<string, object?>(KdcExchange, reply == MessageType.AsRep ? "AS" : "TGS");
        var host = new KeyValuePair<string, object?>(KerberosActivities.Host, kdc.Host);
        if (error is null) _kdcRequests.Record(elapsed.TotalSeconds, exchange, host);
        else _kdcRequests.Record(elapsed.TotalSeconds, exchange, host, new KeyValuePair<string, object?>(KerberosMeter.ErrorType, error));
    }

    private static ClientMetrics Silent()
    {
        var metrics = new ClientMetrics(null, TimeProvider.System);
        metrics.Dispose();
        return metrics;
    }

    private IEnumerable<Measurement<double>> Remaining()
    {
        if (_tickets is not { } tickets) return [];
        var now = new KerberosTime(_timeProvider.GetUtcNow());
        return tickets().Select(t => new Measurement<double>((t.Ends - now).TotalSeconds, new KeyValuePair<string, object?>(KerberosMeter.Service, t.Service.ToString())));
    }
}
