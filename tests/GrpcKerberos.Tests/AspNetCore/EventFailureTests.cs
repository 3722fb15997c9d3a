using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using System.Security.Claims;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>The application's own code fails, or never ends: nobody is let in by that, and its words reach nobody.</summary>
public sealed class EventFailureTests
{
    private const string Secret = "Password=hunter2";
    private const string Undecided = "The service cannot decide about the caller just now. Next: try again later; its log, event 124, has the reason.";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnSessionEstablished_Throws_NobodyIsLetInAndTheCallerIsTold(bool anonymous)
    {
        var isDown = true;
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnSessionEstablished = _ =>
                isDown ? throw new InvalidOperationException(Secret, new TimeoutException(Secret)) : Task.CompletedTask,
            Endpoints = (_, endpoint) =>
            {
                if (anonymous) endpoint.AllowAnonymous();
                else endpoint.RequireAuthorization();
            },
        }.StartAsync();
        var client = app.Client();
        var call = client.Prepare();

        var outcome = await client.SendAsync(RawClient.Value(call));

        Assert.Equal((StatusCode.Unavailable, Undecided), (outcome.Status.StatusCode, outcome.Status.Detail));
        Assert.True(outcome.Proves(call));
        Assert.Equal(0, app.Behaviour.Runs);
        var line = Assert.Single(app.Log.Ours, static l => l.Level >= LogLevel.Warning);
        Assert.Equal(
            (124, "EventFailed", LogLevel.Error, "OnSessionEstablished threw InvalidOperationException (TimeoutException), "
                + "for alice@TEST.LOCAL /greeter.v1.Greeter/SayHello (0 more)"),
            (line.Id.Id, line.Id.Name, line.Level, line.Text.Split('\n')[0]));
        Assert.DoesNotContain(app.Log.All, static l => l.Text.Contains(Secret, StringComparison.Ordinal));
        isDown = false;
        await client.CallAsync();
    }

    [Fact]
    public async Task OnSessionEstablished_ThrowsAfterItGaveClaims_TheyAreForgotten()
    {
        var fails = true;
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnSessionEstablished = context =>
            {
                if (!fails) return Task.CompletedTask;
                context.Claims.Add(new Claim(ClaimTypes.Role, "operators"));
                return Task.FromException(new TimeoutException());
            },
            Endpoints = static (_, e) => e.RequireAuthorization(static p => p.RequireRole("operators")),
        }.StartAsync();
        var client = app.Client();

        Assert.Equal(StatusCode.Unavailable, (await client.SendAsync(RawClient.Value(client.Prepare()))).Status.StatusCode);
        fails = false;
        Assert.Equal(StatusCode.PermissionDenied, (await client.SendAsync(RawClient.Value(client.Prepare()))).Status.StatusCode);
    }

    [Fact]
    public async Task OnSessionEstablished_OfEstablish_Throws_IsUnavailableToo()
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnSessionEstablished = static _ => throw new TimeoutException(Secret),
        }.StartAsync();
        using var sessions = new SessionCaller(app);

        var reply = await sessions.EstablishAsync(app.Client().Prepare(SessionCaller.Establish));

        Assert.Equal((StatusCode.Unavailable, Undecided), (reply.Status, Uri.UnescapeDataString(reply.Text!)));
        Assert.Equal(0, app.App.Services.GetRequiredService<KerberosSessions>().Count);
    }

    [Fact]
    public async Task OnSessionEstablished_NeverEnds_EndsWithItsCall()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnSessionEstablished = _ =>
            {
                asked.TrySetResult();
                return new TaskCompletionSource().Task;
            },
        }.StartAsync();
        var client = app.Client();
        using var cancel = new CancellationTokenSource();

        var call = client.Stub.SayHelloAsync(new(), RawClient.Headers(RawClient.Value(client.Prepare())), cancellationToken: cancel.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(60)));
        await app.Log.WaitForAsync(static l => l.Id.Id == 124);
        Assert.StartsWith(
            "OnSessionEstablished had not come to an end when the call was cancelled, for alice@TEST.LOCAL ",
            Assert.Single(app.Log.Ours, static l => l.Id.Id == 124).Text,
            StringComparison.Ordinal);
        Assert.Equal((0, 0), (app.Behaviour.Runs, app.App.Services.GetRequiredService<KerberosSessions>().Count));
    }

    /// <summary>Nobody waits for it any more, and the process must not hear of it as of a failure that nobody looked at.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Event_FailsAfterItsCall_IsNoUnobservedFailure(bool failed)
    {
        var unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> hear = (_, e) => unobserved += e.Exception.InnerException is NotFiniteNumberException ? 1 : 0;
        TaskScheduler.UnobservedTaskException += hear;

        await FailLateAsync(failed);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TaskScheduler.UnobservedTaskException -= hear;
        Assert.Equal(0, unobserved);
    }

    /// <summary>Strangers bring the one about; the other is what the operator needs to hear.</summary>
    [Fact]
    public async Task OnAuthenticationFailed_Throws_HidesNoOutageOfTheReplayCache()
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnAuthenticationFailed = static _ => throw new TimeoutException(),
            Services = static (a, s) => s.AddSingleton<IReplayCache>(new ReplayCacheAway()).AddAuthentication().AddKerberos(a.Configure),
        }.StartAsync();
        var client = app.Client();
        await client.SendAsync("Kerberos token=AAAA");

        Assert.Equal(StatusCode.Unavailable, (await client.SendAsync(RawClient.Value(client.Prepare()))).Status.StatusCode);

        Assert.Equal([124, 122], app.Log.Ours.Where(static l => l.Level == LogLevel.Error).Select(static l => l.Id.Id));
    }

    [Fact]
    public async Task OnAuthenticationFailed_Throws_TheRefusalStands()
    {
        await using var app = await new TestServerApp
        {
            Options = static o => o.Events.OnAuthenticationFailed = static _ => throw new InvalidOperationException(Secret),
        }.StartAsync();

        var outcome = await app.Client().SendAsync("Kerberos token=AAAA");

        Assert.Equal((StatusCode.Unauthenticated, "TOKEN_MALFORMED"), (outcome.Status.StatusCode, outcome.Error));
        Assert.StartsWith(
            "OnAuthenticationFailed threw InvalidOperationException, for unknown caller /greeter.v1.Greeter/SayHello",
            Assert.Single(app.Log.Ours, static l => l.Id.Id == 124).Text,
            StringComparison.Ordinal);
        Assert.DoesNotContain(app.Log.All, static l => l.Text.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnAuthenticationFailed_NeverEnds_EndsWithItsCall()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await new TestServerApp
        {
            Options = o => o.Events.OnAuthenticationFailed = _ =>
            {
                asked.TrySetResult();
                return new TaskCompletionSource().Task;
            },
        }.StartAsync();
        using var cancel = new CancellationTokenSource();

        var call = app.Client().Stub.SayHelloAsync(new(), RawClient.Headers("Kerberos token=AAAA"), cancellationToken: cancel.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();

        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(60)));
        await app.Log.WaitForAsync(static l => l.Id.Id == 124 && l.Text.StartsWith("OnAuthenticationFailed threw TaskCanceledException", StringComparison.Ordinal));
    }

    /// <summary>ASP.NET Core runs it, and its failure is the request's: whatever the caller sees, no handler runs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClaimsTransformation_Throws_NothingRuns(bool middleware)
    {
        var transformation = new Failing();
        await using var app = await new TestServerApp
        {
            Services = (a, s) => s.AddSingleton<IClaimsTransformation>(transformation).AddAuthentication().AddKerberos(a.Configure),
            UsesMiddleware = middleware,
        }.StartAsync();
        var client = app.Client();

        for (var i = 0; i < 2; i++)
        {
            var status = await StatusAsync(client);
            Assert.NotEqual(StatusCode.OK, status.StatusCode);
            Assert.DoesNotContain(Secret, status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(0, app.Behaviour.Runs);
        transformation.Fails = false;
        await client.CallAsync();
    }

    private static async Task FailLateAsync(bool failed)
    {
        var (asked, end) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        await using var app = await new TestServerApp
        {
            Options = o =>
            {
                if (failed) o.Events.OnAuthenticationFailed = _ => AnswerAsync();
                else o.Events.OnSessionEstablished = _ => AnswerAsync();
            },
        }.StartAsync();
        var client = app.Client();
        using var cancel = new CancellationTokenSource();
        var value = failed ? "Kerberos token=AAAA" : RawClient.Value(client.Prepare());
        var call = client.Stub.SayHelloAsync(new(), RawClient.Headers(value), cancellationToken: cancel.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(60)));
        await app.Log.WaitForAsync(static l => l.Id.Id == 124);
        end.SetResult();

        async Task AnswerAsync()
        {
            asked.TrySetResult();
            await end.Task;
            throw new NotFiniteNumberException();
        }
    }

    private static async Task<Status> StatusAsync(RawClient client)
    {
        using var call = client.Stub.SayHelloAsync(new(), RawClient.Headers(RawClient.Value(client.Prepare())));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        // TestServer hands a request's exception to its client, which no network does.
        return failure.Status.DebugException is InvalidOperationException ? new Status(failure.StatusCode, "") : failure.Status;
    }

    private sealed class ReplayCacheAway : IReplayCache
    {
        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) => throw new TimeoutException();
    }

    private sealed class Failing : IClaimsTransformation
    {
        public bool Fails { get; set; } = true;

        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) => Fails ? throw new InvalidOperationException(Secret) : Task.FromResult(principal);
    }
}
