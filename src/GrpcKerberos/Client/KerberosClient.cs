using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Client;

/// <summary>What all calls of one identity share: its tickets, and what is known of each service.</summary>
internal sealed class KerberosClient : IDisposable
{
    private readonly ConcurrentDictionary<string, ServicePeer> _targets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(KerberosPrincipal Service, bool IsInClear), ServicePeer> _peers = new();
    private readonly ServiceNames _names;

    public KerberosClient(ClientSettings settings, ITickets tickets, ClientLog log, ClientMetrics? metrics = null)
    {
        Settings = settings;
        Tickets = tickets;
        Log = log;
        Metrics = metrics ?? ClientMetrics.None;
        metrics?.Observe(() => tickets.AtHand);
        _names = new ServiceNames(settings.ServicePrincipal, tickets.RealmOf);
    }

    public ClientSettings Settings { get; }

    public ITickets Tickets { get; }

    public ClientLog Log { get; }

    public ClientMetrics Metrics { get; }

    /// <summary>Ends with the client; null where no configuration is watched.</summary>
    public IDisposable? Watch { get; init; }

    /// <param name="options">The options.</param>
    /// <param name="loggerFactory">Who writes the log.</param>
    /// <param name="meterFactory">Whose the meter is.</param>
    /// <param name="watch">Begins to watch where the options came from.</param>
    public static KerberosClient Create(
        KerberosClientOptions options, ILoggerFactory? loggerFactory, IMeterFactory? meterFactory, Func<ClientLog, IDisposable?>? watch = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = ClientSettings.Read(options);
        var log = new ClientLog((loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("GrpcKerberos.Client"));
        if (settings.EncryptionTypes.Contains(EncryptionType.Rc4Hmac)) log.WeakEncryptionAllowed(EncryptionType.Rc4Hmac.ToString());
        var metrics = new ClientMetrics(meterFactory, settings.TimeProvider);
        ITickets tickets = settings.UseDefaultCredentials ? new SystemLogin() : new ClientIdentity(settings, Environment.GetEnvironmentVariable, log, metrics);
        return new KerberosClient(settings, tickets, log, metrics) { Watch = watch?.Invoke(log) };
    }

    /// <summary>The service a call goes to; its name comes from configuration or the channel's target alone.</summary>
    /// <param name="serviceUrl">What gRPC names the credentials: the channel's address and the gRPC service.</param>
    /// <param name="grpcService"><c>package.Service</c>.</param>
    public ServicePeer Resolve(string serviceUrl, string grpcService)
    {
        if (_targets.TryGetValue(serviceUrl, out var known)) return known;
        var peer = Meet(_names.Resolve(serviceUrl, grpcService), serviceUrl.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
        _targets.TryAdd(serviceUrl, peer);
        return peer;
    }

    public async Task<KerberosTicketInfo> GetTicketAsync(string servicePrincipal, CancellationToken cancellationToken)
    {
        var ticket = await Tickets.GetAsync(_names.Parse(servicePrincipal), cancellationToken).ConfigureAwait(false);
        // Of a K of its own: this token goes nowhere.
        using var session = new InitiatorSession(ticket, new AuthenticatorClock(Settings.TimeProvider), Settings.RequireMutualAuthentication, permitted: Settings.EncryptionTypes);
        return new KerberosTicketInfo(ticket, session.Prepare("/", TimeSpan.Zero).Token!.Encoded.Length, Tickets.StandingOf(ticket));
    }

    public void Dispose()
    {
        Watch?.Dispose();
        Metrics.Dispose();
        Tickets.Dispose();
    }

    private ServicePeer Meet(KerberosPrincipal service, bool isInClear)
    {
        var fresh = new ServicePeer(service, isInClear, Settings, Log);
        var peer = _peers.GetOrAdd((service, isInClear), fresh);
        if (ReferenceEquals(peer, fresh) && !Settings.RequireMutualAuthentication) Log.MutualAuthenticationOff(service);
        return peer;
    }
}
