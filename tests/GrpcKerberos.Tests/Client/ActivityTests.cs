using System.Diagnostics;
using GrpcKerberos.Client;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using Xunit;

namespace GrpcKerberos.Tests.Client;

public sealed class ActivityTests
{
    private const string Ours = "GrpcKerberos";
    private const string Grpc = "Grpc.Net.Client";
    private const string Host = "server.address=127.0.0.1";

    [Fact]
    public async Task Ticket_FirstAndAgain_ExchangesAreSpansOfWhoWaits()
    {
        await using var realm = await TestRealm.StartAsync();
        realm.AddService("HTTP/localhost");
        using var interceptor = Interceptor(realm);
        using var spans = new Spans();

        for (var i = 0; i < 2; i++) await interceptor.GetTicketAsync("HTTP/localhost");

        Assert.Equal(
            [
                $"kerberos AS kerberos.realm=TEST.LOCAL {Host} {PortOf(realm)}",
                $"kerberos TGS kerberos.realm=TEST.LOCAL kerberos.service=HTTP/localhost@TEST.LOCAL {Host} {PortOf(realm)}",
            ],
            spans.Of(Ours).Select(Spans.Text));
        Assert.All(spans.Of(Ours), s => Assert.Equal((ActivityKind.Client, spans.Root.SpanId), (s.Kind, s.ParentSpanId)));
        Assert.DoesNotContain(spans.Ended, static s => Spans.Text(s).Contains("alice", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(KdcFault.None, "SERVICE_UNKNOWN")]
    [InlineData(KdcFault.Unreachable, "KDC_UNREACHABLE")]
    public async Task Ticket_NotToBeHad_SaysWhyByItsNameAlone(KdcFault fault, string error)
    {
        await using var realm = await TestRealm.StartAsync();
        realm.AddService("HTTP/localhost");
        using var interceptor = Interceptor(realm);
        await interceptor.GetTicketAsync("HTTP/localhost");
        using var spans = new Spans();

        realm.Fault = fault;
        await Assert.ThrowsAsync<KerberosException>(() => interceptor.GetTicketAsync("HTTP/none"));

        var span = Assert.Single(spans.Of(Ours));
        Assert.EndsWith($" error.type={error}", Spans.Text(span), StringComparison.Ordinal);
        Assert.Contains(Host, Spans.Text(span), StringComparison.Ordinal);
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
    }

    /// <summary>The call that is made when it is due does not wait for it, and has ended long before it, maybe.</summary>
    [Fact]
    public async Task Renewal_IsATraceOfItsOwn()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = time);
        realm.AddService("HTTP/localhost");
        using var interceptor = Interceptor(realm, time);
        await interceptor.GetTicketAsync("HTTP/localhost");
        using var spans = new Spans();
        time.Shift += TimeSpan.FromHours(9);

        await interceptor.GetTicketAsync("HTTP/localhost");

        // No other test has a KDC on its port.
        var renewal = await spans.WaitForAsync(s => s.DisplayName == "kerberos AS" && Spans.Text(s).EndsWith(PortOf(realm), StringComparison.Ordinal));
        Assert.Equal(default, renewal.ParentSpanId);
        Assert.NotEqual(spans.Root.TraceId, renewal.TraceId);
        Assert.Empty(spans.Of(Ours));
    }

    [Fact]
    public async Task Establish_IsASpanOfTheCallThatWaits_AndCallsOnItHaveNone()
    {
        using var spans = new Spans(Grpc);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        var calls = spans.Of(Grpc);
        var establish = Assert.Single(spans.Of(Ours));
        for (var i = 0; i < 3; i++) await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Equal("kerberos establish kerberos.service=HTTP/localhost@TEST.LOCAL", Spans.Text(establish));
        // gRPC's call of Establish stands in it, and it in gRPC's call of the application.
        Assert.Equal([establish.SpanId, spans.Root.SpanId], calls.Select(static c => c.ParentSpanId));
        Assert.Equal(calls[1].SpanId, establish.ParentSpanId);
        Assert.Same(establish, Assert.Single(spans.Of(Ours)));
    }

    [Fact]
    public async Task Establish_Refused_IsTheErrorOfBoth()
    {
        using var spans = new Spans(Grpc);
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { EstablishFirst = true });
        scene.Tickets.Change = static t => t.SealingKey = Protocol.Crypto.LongTermKey.Generate(t.EncryptionType);

        await Calls.FailAsync(scene.Invoker, Shape.Unary);

        Assert.EndsWith("error.type=TICKET_REFUSED", Spans.Text(Assert.Single(spans.Of(Ours))), StringComparison.Ordinal);
        Assert.Equal("TICKET_REFUSED", spans.Of(Grpc)[^1].GetTagItem("error.type"));
    }

    [Fact]
    public async Task Calls_TellTheirSpanHowTheyWereProved()
    {
        using var spans = new Spans(Grpc);
        await using var scene = await ClientScene.StartAsync();

        foreach (var shape in new[] { Shape.Unary, Shape.Unary, Shape.Duplex }) await Calls.MakeAsync(scene.Invoker, shape);
        scene.Server.Restart();
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        scene.RenewTicket();
        scene.Tickets.Kdc = Task.FromException(new KerberosException(KerberosError.KdcUnreachable, "No KDC. Next: wait."));
        await Calls.FailAsync(scene.Invoker, Shape.Unary);

        // A stream carries a token, and a call that is sent again has a span an attempt.
        Assert.Equal(
            ["header", "session", "header", "session", "header", null],
            spans.Of(Grpc).Select(static s => (string?)s.GetTagItem("kerberos.carrier")));
        Assert.Equal([null, null, null, null, null, "KDC_UNREACHABLE"], spans.Of(Grpc).Select(static s => (string?)s.GetTagItem("error.type")));
    }

    /// <summary>Without gRPC's instrumentation the current span is the caller's own, and says how it was called itself.</summary>
    [Fact]
    public async Task Calls_WithoutASpanOfTheirOwn_TellNobody()
    {
        using var spans = new Spans();
        await using var scene = await ClientScene.StartAsync();

        await Calls.MakeAsync(scene.Invoker, Shape.Unary);

        Assert.Empty(spans.Root.TagObjects);
        Assert.Empty(spans.Of(Ours));
    }

    [Fact]
    public void OfAttempt_SpanOfTheCallersOwn_IsNone()
    {
        using var spans = new Spans();

        Assert.Same(spans.Root, Activity.Current);
        Assert.Null(CallSpan.OfAttempt);
    }

    [Fact]
    public async Task Ticket_ExchangesWithoutSpans_LeaveTheCallersOwnAlone()
    {
        await using var realm = await TestRealm.StartAsync();
        realm.AddService("HTTP/localhost");
        using var interceptor = Interceptor(realm);
        using var own = new Activity("own").Start();

        await interceptor.GetTicketAsync("HTTP/localhost");

        Assert.Empty(own.TagObjects);
    }

    [Fact]
    public void Tell_SpanThatNobodyHears_CostsNothing()
    {
        using var unheard = new Activity("Microsoft.AspNetCore.Hosting.HttpRequestIn").Start();
        CallSpan.Tell(unheard, "session", error: null);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            CallSpan.Tell(unheard, "session", error: null);
            CallSpan.Tell(CallSpan.OfAttempt, "session", error: null);
            CallSpan.Tell(unheard, "REPEAT");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Empty(unheard.TagObjects);
    }

    private static string PortOf(TestRealm realm) => $"server.port={realm.Kdc.Split(':')[^1]}";

    private static KerberosClientInterceptor Interceptor(TestRealm realm, TimeProvider? time = null) => new(new KerberosClientOptions
    {
        Keytab = realm.AddUser("alice").Keytab,
        Krb5Config = realm.Krb5Config,
        TimeProvider = time ?? TimeProvider.System,
    });
}
