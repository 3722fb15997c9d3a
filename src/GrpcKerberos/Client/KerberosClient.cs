using System.Collections.Concurrent;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Client;

/// <summary>What all calls of one identity share: its tickets, and what is known of each service.</summary>
internal sealed class KerberosClient : IDisposable
{
    private readonly ConcurrentDictionary<KerberosPrincipal, ServicePeer> _peers = new();
    private readonly ServiceNames _names;

    public KerberosClient(ClientSettings settings, ITickets tickets, ClientLog log)
    {
        Settings = settings;
        Tickets = tickets;
        Log = log;
        _names = new ServiceNames(settings.ServicePrincipal, tickets.RealmOf);
    }

    public ClientSettings Settings { get; }

    public ITickets Tickets { get; }

    public ClientLog Log { get; }

    public static KerberosClient Create(KerberosClientOptions options, ILoggerFactory? loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = ClientSettings.Read(options);
        var log = new ClientLog((loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("GrpcKerberos.Client"));
        return new KerberosClient(settings, new ClientIdentity(settings, Environment.GetEnvironmentVariable, log), log);
    }

    /// <summary>The service a call goes to; its name comes from configuration or the channel's target alone.</summary>
    /// <param name="serviceUrl">What gRPC names the credentials: the channel's address and the gRPC service.</param>
    /// <param name="grpcService"><c>package.Service</c>.</param>
    public ServicePeer Resolve(string serviceUrl, string grpcService)
    {
        var service = _names.Resolve(serviceUrl, grpcService);
        return _peers.TryGetValue(service, out var peer) ? peer : Meet(service);
    }

    public async Task<KerberosTicketInfo> GetTicketAsync(string servicePrincipal, CancellationToken cancellationToken)
    {
        var service = _names.Parse(servicePrincipal);
        var ticket = await Tickets.GetAsync(service, cancellationToken).ConfigureAwait(false);
        var prepared = Meet(service).SessionFor(ticket).Prepare("/", TimeSpan.Zero);
        return new KerberosTicketInfo(ticket, prepared.Token!.Encoded.Length);
    }

    public void Dispose() => Tickets.Dispose();

    private ServicePeer Meet(KerberosPrincipal service)
    {
        var fresh = new ServicePeer(service, Settings.TimeProvider, Settings.RequireMutualAuthentication);
        var peer = _peers.GetOrAdd(service, fresh);
        if (ReferenceEquals(peer, fresh) && !Settings.RequireMutualAuthentication) Log.MutualAuthenticationOff(service);
        return peer;
    }
}
