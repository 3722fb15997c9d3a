using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Tests.Client;

/// <summary>A client and a server that share a realm of one service; every call is good until the test changes something.</summary>
internal sealed class ClientScene : IAsyncDisposable
{
    private readonly GrpcChannel _channel;

    private ClientScene(ScriptedServer server, FakeTickets tickets, ClientSettings settings, Action<GrpcChannelOptions>? configure, ILogger logger)
    {
        Server = server;
        Tickets = tickets;
        Interceptor = new KerberosClientInterceptor(new KerberosClient(settings, tickets, new ClientLog(logger)));
        _channel = server.Connect(configure);
        Invoker = _channel.WithKerberos(Interceptor);
    }

    public ScriptedServer Server { get; }

    public FakeTickets Tickets { get; }

    public KerberosClientInterceptor Interceptor { get; }

    public GrpcChannel Channel => _channel;

    public CallInvoker Invoker { get; }

    public static async Task<ClientScene> StartAsync(
        bool tls = true, ClientSettings? settings = null, Action<GrpcChannelOptions>? configure = null, TimeProvider? serverClock = null, ILogger? logger = null)
    {
        var tickets = new FakeTickets();
        tickets.Keys.Add("HTTP/localhost@TEST.LOCAL");
        var server = await ScriptedServer.StartAsync(tls, () => tickets.Keys.Keytab, serverClock);
        return new ClientScene(server, tickets, settings ?? new ClientSettings(), configure, logger ?? NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Interceptor.Dispose();
        await Server.DisposeAsync();
    }
}
