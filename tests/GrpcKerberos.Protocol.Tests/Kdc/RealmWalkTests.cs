using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>From TEST.LOCAL to services of other realms: which KDC is asked for what, and what it may answer.</summary>
public sealed class RealmWalkTests
{
    private const string ServiceInC = "HTTP/orders@C.TEST";

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;

    public RealmWalkTests() => _kdc = new FakeKdc(_time);

    [Fact]
    public Task GetAsync_RealmsShareAKey_TwoExchanges() => WalksAsync(
        Capaths.Empty, ServiceInC, Trust("TEST.LOCAL>C.TEST"), "krbtgt/C.TEST@TEST.LOCAL", ServiceInC);

    [Fact]
    public Task GetAsync_CapathsOverOneRealm_ThereAfterTheDirectWayIsClosed() => WalksAsync(
        Way("B.TEST"), ServiceInC, Trust("TEST.LOCAL>B.TEST", "B.TEST>C.TEST"),
        "krbtgt/C.TEST@TEST.LOCAL", "krbtgt/B.TEST@TEST.LOCAL", "krbtgt/C.TEST@B.TEST", ServiceInC);

    [Fact]
    public Task GetAsync_CapathsOverTwoRealms_EachInTurnAndShortCutsTaken() => WalksAsync(
        Way("A.TEST", "B.TEST"), ServiceInC, Trust("TEST.LOCAL>A.TEST", "A.TEST>B.TEST", "B.TEST>C.TEST"),
        "krbtgt/C.TEST@TEST.LOCAL", "krbtgt/B.TEST@TEST.LOCAL", "krbtgt/A.TEST@TEST.LOCAL", "krbtgt/C.TEST@A.TEST", "krbtgt/B.TEST@A.TEST", "krbtgt/C.TEST@B.TEST", ServiceInC);

    [Fact]
    public Task GetAsync_NoCapaths_UpAndDownTheTree() => WalksAsync(
        Capaths.Empty, "HTTP/orders@X.LOCAL", Trust("TEST.LOCAL>LOCAL", "LOCAL>X.LOCAL"),
        "krbtgt/X.LOCAL@TEST.LOCAL", "krbtgt/LOCAL@TEST.LOCAL", "krbtgt/X.LOCAL@LOCAL", "HTTP/orders@X.LOCAL");

    [Fact]
    public Task GetAsync_KdcGivesARealmNearer_GoesOnFromThere() => WalksAsync(
        Capaths.Empty, ServiceInC, Refer("krbtgt/C.TEST@TEST.LOCAL", "B.TEST"), "krbtgt/C.TEST@TEST.LOCAL", "krbtgt/C.TEST@B.TEST", ServiceInC);

    [Fact]
    public Task GetAsync_KdcRefersTheService_FollowsAndAsksAgainThere() => WalksAsync(
        Capaths.Empty, "HTTP/orders@TEST.LOCAL", Refer("HTTP/orders@TEST.LOCAL", "C.TEST"), "HTTP/orders@TEST.LOCAL", ServiceInC);

    [Fact]
    public Task GetAsync_ReferralToAReferral_Followed() => WalksAsync(
        Capaths.Empty, "HTTP/orders@TEST.LOCAL",
        body => (Refer("HTTP/orders@TEST.LOCAL", "B.TEST"))(body) is { Components: ["krbtgt", ..] } b ? b : (Refer("HTTP/orders@B.TEST", "C.TEST"))(body),
        "HTTP/orders@TEST.LOCAL", "HTTP/orders@B.TEST", ServiceInC);

    [Fact]
    public async Task GetAsync_Referred_TicketOfTheRealmThatGaveIt()
    {
        _kdc.Grants = Refer("HTTP/orders@TEST.LOCAL", "C.TEST");
        using var source = Source(Capaths.Empty, "C.TEST");
        var ticket = await source.GetAsync(KerberosPrincipal.Parse("HTTP/orders@TEST.LOCAL"), CancellationToken.None);
        Assert.Equal((ServiceInC, FakeKdc.Alice), (ticket.Service.ToString(), ticket.Client));
    }

    [Fact]
    public async Task Forget_TicketUnderAnotherName_FetchedAnew()
    {
        _kdc.Grants = Refer("HTTP/orders@TEST.LOCAL", "C.TEST");
        using var source = Source(Capaths.Empty, "C.TEST");
        var asked = KerberosPrincipal.Parse("HTTP/orders@TEST.LOCAL");
        var first = await source.GetAsync(asked, CancellationToken.None);
        Assert.Same(first, await source.GetAsync(asked, CancellationToken.None));
        source.Forget(first);
        Assert.NotSame(first, await source.GetAsync(asked, CancellationToken.None));
    }

    [Fact]
    public Task GetAsync_ReferredInACircle_ServiceUnknown() => RefusedAsync(
        Capaths.Empty, "HTTP/orders@TEST.LOCAL", body => Tgt(body.Realm == "TEST.LOCAL" ? "C.TEST" : "TEST.LOCAL"), 2,
        "The KDC of C.TEST refers back to TEST.LOCAL, after TEST.LOCAL, C.TEST: none of them has the service. Next: ");

    [Fact]
    public async Task GetAsync_ReferredOnAndOn_EndsAfterTenRealms()
    {
        _kdc.Grants = static body => Tgt(body.Realm == "TEST.LOCAL" ? "R1" : $"R{int.Parse(body.Realm[1..], System.Globalization.CultureInfo.InvariantCulture) + 1}");
        using var source = Source(Capaths.Empty, [.. Enumerable.Range(1, 20).Select(static i => $"R{i}")]);
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(KerberosPrincipal.Parse("HTTP/orders@TEST.LOCAL"), CancellationToken.None));
        Assert.Equal(KerberosError.ServiceUnknown, e.Error);
        Assert.Contains("goes through more than 10 realms: TEST.LOCAL, R1, R2", e.Message, StringComparison.Ordinal);
        Assert.Equal(11, _kdc.Granted);
    }

    [Fact]
    public Task GetAsync_NoKdcSharesAKey_ServiceUnknownNamingTheWay() => RefusedAsync(
        Way("B.TEST"), ServiceInC, Trust("TEST.LOCAL>B.TEST"), 3, "No way leads from TEST.LOCAL to C.TEST: the KDC of B.TEST shares a key with none of C.TEST. Next: log in as a principal of C.TEST; or name the realms");

    [Fact]
    public Task GetAsync_KdcLeadsOffTheWayOfCapaths_NotFollowed() => RefusedAsync(
        Way("B.TEST"), ServiceInC, body => body.ServiceName!.Components[1] == "C.TEST" ? Tgt("EVIL.TEST") : null, 2, "No way leads from TEST.LOCAL to C.TEST");

    [Fact]
    public Task GetAsync_KdcLeadsOffTheTree_FollowedSinceNoWayIsWrittenDown() => WalksAsync(
        Capaths.Empty, ServiceInC, Refer("krbtgt/C.TEST@TEST.LOCAL", "ELSE.WHERE"), "krbtgt/C.TEST@TEST.LOCAL", "krbtgt/C.TEST@ELSE.WHERE", ServiceInC);

    [Fact]
    public async Task GetAsync_RealmOfAReferralWithoutKdc_KdcUnreachable()
    {
        _kdc.Grants = Refer("HTTP/orders@TEST.LOCAL", "C.TEST");
        using var source = Source(Capaths.Empty);
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(KerberosPrincipal.Parse("HTTP/orders@TEST.LOCAL"), CancellationToken.None));
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Contains("No KDC is known for C.TEST", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_SecondServiceThere_OneExchange()
    {
        _kdc.Grants = Trust("TEST.LOCAL>B.TEST", "B.TEST>C.TEST");
        using var source = Source(Way("B.TEST"), "B.TEST", "C.TEST");
        await source.GetAsync(KerberosPrincipal.Parse(ServiceInC), CancellationToken.None);
        var before = _kdc.Granted;
        await source.GetAsync(KerberosPrincipal.Parse("HTTP/billing@C.TEST"), CancellationToken.None);
        Assert.Equal(1, _kdc.Granted - before);
    }

    [Fact]
    public async Task GetAsync_KeptTicketNoLongerTaken_WalksAnewWithoutLoggingIn()
    {
        _kdc.Grants = Trust("TEST.LOCAL>C.TEST");
        using var source = Source(Capaths.Empty, "C.TEST");
        await source.GetAsync(KerberosPrincipal.Parse(ServiceInC), CancellationToken.None);
        var (granted, logins, refusals) = (_kdc.Granted, _kdc.Logins, 0);
        _kdc.Intercept = (request, _) => new(request.Body.Realm == "C.TEST" && refusals++ == 0 ? _kdc.Error(KerberosErrorCode.KRB_AP_ERR_BADKEYVER) : null);
        await source.GetAsync(KerberosPrincipal.Parse("HTTP/billing@C.TEST"), CancellationToken.None);
        Assert.Equal((3, 0), (_kdc.Granted - granted, _kdc.Logins - logins));
    }

    [Fact]
    public async Task GetAsync_ClockOfAnotherRealmDiffers_CorrectedThereAndNotKept()
    {
        _kdc.Grants = Trust("TEST.LOCAL>C.TEST");
        var client = FakeKdc.ClientOf(_kdc, _time, Capaths.Empty, ["C.TEST"]);
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        _kdc.Intercept = (request, _) =>
        {
            _kdc.ClockOffset = request.Body.Realm == "C.TEST" ? TimeSpan.FromMinutes(10) : TimeSpan.Zero;
            return default;
        };
        Assert.Equal(ServiceInC, (await source.GetAsync(KerberosPrincipal.Parse(ServiceInC), CancellationToken.None)).Service.ToString());
        Assert.Equal(TimeSpan.Zero, client.Clock.Offset);
        Assert.Equal(3, _kdc.Granted);
    }

    [Fact]
    public async Task RealmTickets_MoreThanItsBound_BeginsAnew()
    {
        using var source = Source(Capaths.Empty);
        var home = await source.GetAsync(FakeKdc.Service, CancellationToken.None);
        var kept = new RealmTickets();
        for (var i = 0; i < RealmTickets.Capacity; i++) kept.Keep(home, $"R{i}", home);
        Assert.Equal(RealmTickets.Capacity, kept.Count);
        kept.Keep(home, "ONE.MORE", home);
        Assert.Equal(1, kept.Count);
    }

    [Fact]
    public async Task RealmTickets_OfAnEarlierLoginOrNearItsEnd_NotGiven()
    {
        using var source = Source(Capaths.Empty);
        var home = await source.GetAsync(FakeKdc.Service, CancellationToken.None);
        var kept = new RealmTickets();
        kept.Keep(home, "C.TEST", home);
        Assert.True(kept.TryFind(home, "C.TEST", home.Starts, out _));
        Assert.False(kept.TryFind(home with { }, "C.TEST", home.Starts, out _));
        Assert.False(kept.TryFind(home, "B.TEST", home.Starts, out _));
        Assert.False(kept.TryFind(home, "C.TEST", home.Ends - TimeSpan.FromHours(2), out _));
    }

    private static PrincipalName Tgt(string realm) => new(NameType.ServiceInstance, ["krbtgt", realm]);

    private static Capaths Way(params string[] realms) => Capaths.Of([new Krb5Relation(["capaths", "TEST.LOCAL"], "C.TEST", string.Join(' ', realms), "krb5.conf", 1)]);

    /// <summary>KDCs that share keys as <c>A>B</c> has it, and know every service of their own.</summary>
    private static Func<KdcReqBody, PrincipalName?> Trust(params string[] pairs) => body =>
        body.ServiceName!.Components is ["krbtgt", var realm] && !pairs.Contains($"{body.Realm}>{realm}") ? null : body.ServiceName;

    /// <summary>KDCs that share every key and know every service, of which one request is answered by a referral.</summary>
    private static Func<KdcReqBody, PrincipalName?> Refer(string asked, string to) => body =>
        new KerberosPrincipal(body.ServiceName!, body.Realm).ToString() == asked ? Tgt(to) : body.ServiceName;

    private TicketSource Source(Capaths capaths, params string[] realms)
    {
        var client = FakeKdc.ClientOf(_kdc, _time, capaths, realms);
        return new TicketSource(_kdc.Login(client), client, _time);
    }

    private async Task WalksAsync(Capaths capaths, string service, Func<KdcReqBody, PrincipalName?> grants, params string[] asked)
    {
        _kdc.Grants = grants;
        using var source = Source(capaths, "A.TEST", "B.TEST", "C.TEST", "LOCAL", "X.LOCAL", "ELSE.WHERE");
        await source.GetAsync(KerberosPrincipal.Parse(service), CancellationToken.None);
        var grantings = _kdc.Requests.Where(static r => r.Request.Type == MessageType.TgsReq).Select(static r => r.Request.Body).ToList();
        Assert.Equal(asked, grantings.Select(static b => new KerberosPrincipal(b.ServiceName!, b.Realm).ToString()));
        Assert.All(grantings, static b => Assert.True(b.Options.HasFlag(KdcOptions.Canonicalize)));
    }

    private async Task RefusedAsync(Capaths capaths, string service, Func<KdcReqBody, PrincipalName?> grants, int requests, string text)
    {
        _kdc.Grants = grants;
        using var source = Source(capaths, "B.TEST", "C.TEST", "EVIL.TEST");
        var e = await Assert.ThrowsAsync<KerberosException>(async () => await source.GetAsync(KerberosPrincipal.Parse(service), CancellationToken.None));
        Assert.Equal(KerberosError.ServiceUnknown, e.Error);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("Next: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(requests, _kdc.Granted);
    }
}
