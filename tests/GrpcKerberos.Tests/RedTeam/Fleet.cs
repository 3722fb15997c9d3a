using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>The replicas of one service on one keytab and one clock, a Kestrel each. Calls are made apart from where they are shown.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string SayHello = RawClient.SayHello;
    public const string SayHellos = "/greeter.v1.Greeter/SayHellos";

    private readonly Dictionary<TestServerApp, RawClient> _replicas = [];

    public ManualTime Time { get; } = new();

    public TestKeys Keys { get; } = new TestKeys().Add(TestServerApp.Service);

    public TestTickets Tickets => new(Keys, Time);

    /// <summary>Another replica; what it is by default depends on TLS alone.</summary>
    public Task<TestServerApp> StartAsync(bool tls = true, Action<KerberosAuthenticationOptions>? options = null, Action<TestServerApp>? change = null)
    {
        var app = new TestServerApp
        {
            Time = Time,
            Keys = Keys,
            Tls = tls,
            Options = o =>
            {
                o.SessionPortability = SessionPortability.Auto;
                options?.Invoke(o);
            },
        };
        change?.Invoke(app);
        return StartAsync(app);
    }

    /// <summary>Ends a replica and starts another one in its place.</summary>
    public async Task<TestServerApp> RestartAsync(TestServerApp app, Action<KerberosAuthenticationOptions>? options = null)
    {
        _replicas.Remove(app);
        await app.DisposeAsync();
        return await StartAsync(app.Tls!.Value, options);
    }

    public InitiatorSession Client(string name = TestServerApp.Alice, byte flags = 0, Action<TicketTemplate>? change = null) =>
        new(Tickets.IssueTicket(name, TestServerApp.Service, change), new AuthenticatorClock(Time), mutual: true, flags);

    /// <summary>A call with its token.</summary>
    public static PreparedCall First(InitiatorSession client, string method = SayHello) => client.Prepare(method, TimeSpan.Zero);

    /// <summary>A call by its MIC alone.</summary>
    public static PreparedCall Later(InitiatorSession client, BoundSession? bound = null, ulong? number = null, string method = SayHello) =>
        client.PrepareKnown(method, TimeSpan.Zero, bound, number);

    public Task<Outcome> ShowAsync(TestServerApp app, string value) => _replicas[app].SendAsync(value);

    public async Task<(StatusCode Status, string? Challenge)> ShowStreamAsync(TestServerApp app, PreparedCall stream)
    {
        using var call = _replicas[app].Stub.SayHellos(new HelloRequest { Name = "x" }, RawClient.Headers(RawClient.Value(stream)));
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
            }

            return (StatusCode.OK, null);
        }
        catch (RpcException e)
        {
            return (e.StatusCode, (await call.ResponseHeadersAsync).GetValue("www-authenticate"));
        }
    }

    /// <summary>It runs, once, and the answer proves the server.</summary>
    public async Task<HelloReply> RunsAsync(TestServerApp app, PreparedCall call)
    {
        var runs = app.Behaviour.Runs;
        var outcome = await ShowAsync(app, RawClient.Value(call));
        Assert.True(outcome.Reply is not null, $"{outcome.Status} {outcome.Challenge}");
        Assert.True(outcome.Proves(call));
        Assert.Equal(runs + 1, app.Behaviour.Runs);
        return outcome.Reply;
    }

    /// <summary>It does not run, and is refused under exactly this name.</summary>
    public Task<Outcome> RefusesAsync(TestServerApp app, string error, PreparedCall call) => RefusesAsync(app, error, RawClient.Value(call));

    /// <inheritdoc cref="RefusesAsync(TestServerApp, string, PreparedCall)"/>
    public async Task<Outcome> RefusesAsync(TestServerApp app, string error, string value)
    {
        var runs = app.Behaviour.Runs;
        var outcome = await ShowAsync(app, value);
        Assert.Null(outcome.Reply);
        Assert.Equal(error, outcome.Error);
        Assert.Equal(runs, app.Behaviour.Runs);
        return outcome;
    }

    /// <summary>It does not run; the server asserts a session of its own.</summary>
    public async Task<BoundSession> ProvesAsync(TestServerApp app, InitiatorSession client, PreparedCall call)
    {
        var outcome = await RefusesAsync(app, "PROVE", call);
        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var refusal));
        Assert.True(call.IsRepliedBy(refusal.Token, out var reply));
        return Assert.IsType<BoundSession>(BoundSession.Of(client, reply!, refusal.Session!.Value));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _replicas.Keys) await app.DisposeAsync();
    }

    private async Task<TestServerApp> StartAsync(TestServerApp app)
    {
        await app.StartAsync();
        _replicas.Add(app, app.Client());
        return app;
    }
}
