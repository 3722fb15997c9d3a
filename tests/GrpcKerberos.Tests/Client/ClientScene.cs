using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Tests.Client;

/// <summary>A client and a server that share a realm of one service; every call is good until the test changes something.</summary>
internal sealed class ClientScene : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private ClientScene(ScriptedServer server, FakeTickets tickets, ClientSettings settings, Action<GrpcChannelOptions>? configure, ILogger logger, Meters? meters)
    {
        Server = server;
        Tickets = tickets;
        Client = new KerberosClient(settings, tickets, new ClientLog(logger), meters is null ? null : new ClientMetrics(meters, settings.TimeProvider));
        Interceptor = new KerberosClientInterceptor(Client);
        _channel = server.Connect(configure);
        Invoker = _channel.WithKerberos(Interceptor);
    }

    public ScriptedServer Server { get; }

    public FakeTickets Tickets { get; }

    public KerberosClient Client { get; }

    public KerberosClientInterceptor Interceptor { get; }

    /// <summary>What the client knows of the service.</summary>
    public ServicePeer Peer => Client.Resolve($"{Server.Address.GetLeftPart(UriPartial.Authority)}/greeter.v1.Greeter", "greeter.v1.Greeter");

    /// <summary>The ticket at hand.</summary>
    public ServiceTicket Ticket => Tickets.GetAsync(Peer.Service, CancellationToken.None).AsTask().Result;

    /// <summary>The next call finds another ticket.</summary>
    public void RenewTicket() => Tickets.Forget(Ticket);

    /// <summary>Tickets from now on make tokens of more than 2,000 octets.</summary>
    public void UseLargeTickets()
    {
        var data = AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)(-4711), new byte[2000]));
        Tickets.Change = t => t.AuthorizationData = [data];
        RenewTicket();
    }

    public GrpcChannel Channel => _channel;

    public CallInvoker Invoker { get; }

    public static Task<ClientScene> StartAsync(
        bool tls = true,
        ClientSettings? settings = null,
        Action<GrpcChannelOptions>? configure = null,
        TimeProvider? serverClock = null,
        ILogger? logger = null,
        Portability? portability = null,
        Meters? meters = null) => StartAsync(_ => settings ?? new ClientSettings(), tls, configure, serverClock, logger, portability, meters);

    /// <summary>As the other, with settings that need to know the server.</summary>
    public static async Task<ClientScene> StartAsync(
        Func<ScriptedServer, ClientSettings> settings,
        bool tls = true,
        Action<GrpcChannelOptions>? configure = null,
        TimeProvider? serverClock = null,
        ILogger? logger = null,
        Portability? portability = null,
        Meters? meters = null)
    {
        var tickets = new FakeTickets();
        tickets.Keys.Add("HTTP/localhost@TEST.LOCAL");
        var server = await ScriptedServer.StartAsync(tls, () => tickets.Keys.Keytab, serverClock);
        if (portability is { } given) server.Portability = given;
        return new ClientScene(server, tickets, settings(server), configure, logger ?? NullLogger.Instance, meters);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Interceptor.Dispose();
        await Server.DisposeAsync();
    }
}
