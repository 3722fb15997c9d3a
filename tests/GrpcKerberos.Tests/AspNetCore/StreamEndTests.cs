using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Streams;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class StreamEndTests
{
    private const string Text = "The session this stream began with has ended: its time or its ticket's is over, its key was withdrawn, or the service ended it. Next: call again; if that is refused, get a new ticket (kinit; a keytab does it by itself).";

    [Theory]
    [InlineData(null, "SayHellos", false)]
    [InlineData(null, "CollectHellos", false)]
    [InlineData(null, "Chat", false)]
    [InlineData(false, "SayHellos", false)]
    [InlineData(false, "CollectHellos", false)]
    [InlineData(false, "Chat", false)]
    [InlineData(true, "Chat", false)]
    [InlineData(null, "SayHellos", true)]
    [InlineData(false, "CollectHellos", true)]
    [InlineData(false, "Chat", true)]
    [InlineData(false, "SayHellos", true)]
    public async Task Stream_SessionsOfItsPrincipalEnd_EndsProvedAndIsNotForSendingAgain(bool? tls, string method, bool hasDeadline)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        CancellationToken http = default;
        app.Behaviour.Before = async context =>
        {
            http = context.GetHttpContext().RequestAborted;
            if (context.Method.EndsWith("SayHellos", StringComparison.Ordinal)) await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        };
        using var stream = await OpenStream.StartAsync(app, method, hasDeadline ? DateTime.UtcNow.AddHours(1) : null);

        Assert.Equal(1, End(app));

        await stream.AssertEndedAsync();
        Assert.Equal(method == "CollectHellos", http == default);
        Assert.True(http == default || http.IsCancellationRequested);
        Assert.Single(app.Log.Ours, l => l.Id.Id == 123 && l.Text.StartsWith($"{TestServerApp.Alice} /greeter.v1.Greeter/{method}: its session ended", StringComparison.Ordinal));
        AssertNoErrors(app);
    }

    [Theory]
    [InlineData(null, "SayHellos")]
    [InlineData(null, "CollectHellos")]
    [InlineData(null, "Chat")]
    [InlineData(false, "Chat")]
    public async Task Stream_SessionsTimePasses_Ends(bool? tls, string method)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        app.Behaviour.Before = HangIfSayHellosAsync;
        using var stream = await OpenStream.StartAsync(app, method);

        app.Time.Advance(TimeSpan.FromHours(10) - TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(app.Log.Ours, static l => l.Id.Id == 123);
        app.Time.Advance(TimeSpan.FromSeconds(2));

        await stream.AssertEndedAsync();
    }

    [Fact]
    public async Task Stream_SessionWasExtended_GoesOnUntilItsNewEnd()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var stream = await OpenStream.StartAsync(app, "Chat");
        var scheme = await app.App.Services.GetRequiredService<SchemeAcceptors>().GetAsync("Kerberos");
        Assert.True(scheme.Sessions.TryFind(stream.Client.Session.Id, out var session));
        session.Revive(session.Ends + TimeSpan.FromHours(1), scheme.Current.Calls.Now());

        app.Time.Advance(TimeSpan.FromHours(10.5));

        await stream.ChatAsync();
        Assert.DoesNotContain(app.Log.Ours, static l => l.Id.Id == 123);
        app.Time.Advance(TimeSpan.FromHours(1));
        await stream.AssertEndedAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Stream_Keep_GoesOn(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls, Options = static o => o.ExpiredStreams = ExpiredStreamPolicy.Keep }.StartAsync();
        using var stream = await OpenStream.StartAsync(app, "Chat");

        Assert.Equal(1, End(app));
        Assert.Equal("SESSION_UNKNOWN", (await stream.Client.SendAsync(RawClient.Value(stream.Client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero)))).Error);
        app.Time.Advance(TimeSpan.FromHours(11));

        await stream.ChatAsync();
        Assert.DoesNotContain(app.Log.Ours, static l => l.Id.Id == 123);
    }

    [Fact]
    public async Task Stream_SessionClosedByItsClient_Ends()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var sessions = new SessionCaller(app);
        using var stream = await OpenStream.StartAsync(app, "Chat");

        Assert.Equal(StatusCode.OK, (await sessions.CloseAsync(stream.Client.Session.PrepareKnown(SessionCaller.Close, TimeSpan.Zero))).Status);

        await stream.AssertEndedAsync();
    }

    [Fact]
    public async Task Stream_OfAnotherPrincipal_GoesOn()
    {
        await using var app = await new TestServerApp().StartAsync();
        using var stream = await OpenStream.StartAsync(app, "Chat");

        app.App.Services.GetRequiredService<KerberosSessions>().End(KerberosPrincipal.Parse("bob@TEST.LOCAL"));

        await stream.ChatAsync();
        End(app);
        await stream.AssertEndedAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Stream_HandlerHeedsNoTokenButWrites_Ends(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var ended = new TaskCompletionSource();
        app.Behaviour.Before = async _ => await ended.Task;
        using var stream = await OpenStream.StartAsync(app, "SayHellos");

        End(app);
        ended.SetResult();

        await stream.AssertEndedAsync();
        Assert.Equal(0, stream.Replies);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task Stream_HandlerReturnsWhenCancelled_IsNoSuccess(bool? tls)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var left = new TaskCompletionSource();
        app.Behaviour.Before = async context =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
            left.SetResult();
        };
        using var stream = await OpenStream.StartAsync(app, "CollectHellos");
        await stream.FinishSendingAsync();
        await app.Behaviour.FirstRun;

        End(app);

        await left.Task;
        await stream.AssertEndedAsync();
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    [InlineData(null, false, false)]
    [InlineData(null, true, true)]
    public async Task Stream_HandlerHeedsNothing_IsAnsweredWithoutIt(bool? tls, bool hasWritten, bool hasDeadline)
    {
        await using var app = await new TestServerApp { Tls = tls }.StartAsync();
        var released = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        var stuck = !hasWritten;
        app.Behaviour.Before = async _ =>
        {
            if (!stuck) return;
            entered.SetResult();
            await released.Task;
        };
        using var stream = await OpenStream.StartAsync(app, hasWritten ? "Chat" : "SayHellos", hasDeadline ? DateTime.UtcNow.AddHours(1) : null);
        stuck = true;
        if (hasWritten) await stream.WriteAsync();
        await entered.Task;
        End(app);

        var ended = stream.AssertEndedAsync();
        // TestServer ends no answer before its handler: there it is enough that nothing hangs.
        for (var i = 0; tls is null ? i < 1000 : !ended.IsCompleted; i++)
        {
            app.Time.Advance(StreamWatch.Grace);
            await Task.Yield();
        }

        if (tls is not null) await ended;
        released.SetResult();
        await ended;
        await app.App.StopAsync();
        AssertNoErrors(app);
    }

    [Fact]
    public async Task Stream_CallerDoesNotRead_HandlerComesToItsEnd()
    {
        await using var app = await new TestServerApp { Tls = false }.StartAsync();
        using var stream = await OpenStream.StartAsync(app, "SayHellos", name: new string('x', 3_000_000));

        End(app);

        await app.Log.WaitForAsync(static l => l.Id.Name == "RpcConnectionError");
        await stream.AssertEndedAsync();
    }

    [Fact]
    public async Task Stream_EndsByItself_LeavesNoTimer()
    {
        await using var app = await new TestServerApp().StartAsync();
        var client = app.Client();
        await client.CallAsync();
        var before = app.Time.TimerCount;
        using var stream = await OpenStream.StartAsync(app, "Chat", client: client);
        Assert.Equal(before + 1, app.Time.TimerCount);

        await stream.CompleteAsync();

        Assert.Equal(before, app.Time.TimerCount);
        End(app);
        app.Time.Advance(TimeSpan.FromHours(11));
        Assert.DoesNotContain(app.Log.Ours, static l => l.Id.Id == 123);
    }

    [Fact]
    public async Task Unary_SessionsOfItsPrincipalEnd_GoesOn()
    {
        await using var app = await new TestServerApp().StartAsync();
        var before = app.Time.TimerCount;
        app.Behaviour.Before = context =>
        {
            End(app);
            Assert.False(context.CancellationToken.IsCancellationRequested);
            Assert.Equal(before, app.Time.TimerCount);
            return Task.CompletedTask;
        };

        await app.Client().CallAsync();

        Assert.DoesNotContain(app.Log.Ours, static l => l.Id.Id == 123);
    }

    private static Task HangIfSayHellosAsync(ServerCallContext context) =>
        context.Method.EndsWith("SayHellos", StringComparison.Ordinal) ? Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken) : Task.CompletedTask;

    private static int End(TestServerApp app) => app.App.Services.GetRequiredService<KerberosSessions>().End(KerberosPrincipal.Parse(TestServerApp.Alice));

    private static void AssertNoErrors(TestServerApp app) => Assert.DoesNotContain(app.Log.All, static l => l.Level is LogLevel.Error or LogLevel.Critical);

    /// <summary>A streaming call of any shape that has got into its handler, or waits there for a message.</summary>
    private sealed class OpenStream : IDisposable
    {
        private readonly PreparedCall _call;
        private readonly Metadata _headers;
        private AsyncServerStreamingCall<HelloReply>? _hellos;
        private AsyncClientStreamingCall<HelloRequest, HelloReply>? _collect;
        private AsyncDuplexStreamingCall<HelloRequest, HelloReply>? _chat;

        private OpenStream(RawClient client, string method)
        {
            Client = client;
            _call = client.Prepare($"/greeter.v1.Greeter/{method}");
            _headers = RawClient.Headers(RawClient.Value(_call));
        }

        public RawClient Client { get; }

        public int Replies { get; private set; }

        public static async Task<OpenStream> StartAsync(TestServerApp app, string method, DateTime? deadline = null, string name = "x", RawClient? client = null)
        {
            var stream = new OpenStream(client ?? app.Client(), method);
            var stub = stream.Client.Stub;
            switch (method)
            {
                case "SayHellos":
                    stream._hellos = stub.SayHellos(new HelloRequest { Name = name }, stream._headers, deadline);
                    break;
                case "CollectHellos":
                    stream._collect = stub.CollectHellos(stream._headers, deadline);
                    await stream._collect.RequestStream.WriteAsync(new HelloRequest { Name = name });
                    break;
                default:
                    stream._chat = stub.Chat(stream._headers, deadline);
                    await stream.ChatAsync();
                    break;
            }

            await app.Log.WaitForAsync(l => l.Id.Id == 112 && l.Text.Contains(method, StringComparison.Ordinal));
            return stream;
        }

        public Task WriteAsync() => _chat!.RequestStream.WriteAsync(new HelloRequest { Name = "x" });

        public Task FinishSendingAsync() => _collect!.RequestStream.CompleteAsync();

        public async Task ChatAsync()
        {
            await WriteAsync();
            Assert.True(await _chat!.ResponseStream.MoveNext());
        }

        public async Task CompleteAsync()
        {
            await _chat!.RequestStream.CompleteAsync();
            Assert.False(await _chat.ResponseStream.MoveNext());
        }

        public async Task AssertEndedAsync()
        {
            var failure = await Assert.ThrowsAsync<RpcException>(ReadToEndAsync).WaitAsync(TimeSpan.FromSeconds(60));

            Assert.Equal((StatusCode.Unauthenticated, Text), (failure.StatusCode, failure.Status.Detail));
            var headers = await (_hellos?.ResponseHeadersAsync ?? _collect?.ResponseHeadersAsync ?? _chat!.ResponseHeadersAsync);
            var outcome = new Outcome(failure.Status, headers, failure.Trailers, null);
            Assert.True(outcome.Proves(_call));
            Assert.Null(outcome.Challenge);
            Assert.DoesNotContain(failure.Trailers, static t => t.Key == "www-authenticate");
        }

        public void Dispose()
        {
            _hellos?.Dispose();
            _collect?.Dispose();
            _chat?.Dispose();
        }

        private async Task ReadToEndAsync()
        {
            if (_collect is not null) await _collect;
            var replies = _hellos?.ResponseStream ?? _chat!.ResponseStream;
            while (await replies.MoveNext()) Replies++;
        }
    }
}
