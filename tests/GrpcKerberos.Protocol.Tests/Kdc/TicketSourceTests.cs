using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

public sealed class TicketSourceTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;
    private readonly List<string> _renewalsFailed = [];
    private readonly TicketSource _source;

    public TicketSourceTests()
    {
        _kdc = new FakeKdc(_time);
        var events = new KdcEvents
        {
            RenewalFailed = (ticket, _, _) =>
            {
                lock (_renewalsFailed) _renewalsFailed.Add(ticket.Service.ToString());
            },
        };
        var client = FakeKdc.ClientOf(_kdc, _time);
        _source = new TicketSource(_kdc.Login(client, events), client, _time, events);
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task GetAsync_TicketAtHand_SameTicketSynchronouslyWithoutAllocation()
    {
        var first = await GetAsync();
        ValueTask<ServiceTicket> second = default;
        for (var i = 0; i < 100; i++) second = _source.GetAsync(FakeKdc.Service, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) second = _source.GetAsync(FakeKdc.Service, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(second.IsCompletedSuccessfully);
        Assert.Same(first, await second);
        Assert.Equal((2, 1), (_kdc.Logins, _kdc.Granted));
    }

    [Fact]
    public async Task GetAsync_64Callers_OneRequest()
    {
        var gate = Gate(MessageType.AsReq);
        var callers = Enumerable.Range(0, 64).Select(_ => GetAsync()).ToList();
        gate.Open();
        var tickets = await Task.WhenAll(callers).WaitAsync(s_deadline);
        Assert.Single(tickets.Distinct());
        Assert.Equal((2, 1), (_kdc.Logins, _kdc.Granted));
    }

    [Fact]
    public async Task GetAsync_OneCallerCancelled_OthersGetTheTicket()
    {
        var gate = Gate(MessageType.TgsReq);
        using var cancelling = new CancellationTokenSource();
        var impatient = GetAsync(cancellationToken: cancelling.Token);
        var patient = GetAsync();
        await gate.Reached.WaitAsync(s_deadline);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(patient.IsCompleted);
        gate.Open();
        Assert.Equal(FakeKdc.Service, (await patient.WaitAsync(s_deadline)).Service);
        Assert.Equal(1, _kdc.Granted);
    }

    [Fact]
    public async Task GetAsync_AllCallersCancelled_FetchGoesOnForTheNext()
    {
        var gate = Gate(MessageType.TgsReq);
        using var cancelling = new CancellationTokenSource();
        var impatient = GetAsync(cancellationToken: cancelling.Token);
        await gate.Reached.WaitAsync(s_deadline);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.Open();
        await GetAsync();
        Assert.Equal(1, _kdc.Granted);
    }

    [Fact]
    public async Task GetAsync_TwoServices_OneLogin()
    {
        var other = KerberosPrincipal.Parse("HTTP/other.test.local@TEST.LOCAL");
        var tickets = await Task.WhenAll(GetAsync(), GetAsync(other));
        Assert.Equal([FakeKdc.Service, other], tickets.Select(t => t.Service));
        Assert.Equal((2, 2), (_kdc.Logins, _kdc.Granted));
    }

    [Fact]
    public async Task GetAsync_NearTheEnd_OldTicketAtOnceAndRenewedInBackground()
    {
        var first = await GetAsync();
        _time.Advance(TimeSpan.FromHours(7.9));
        Assert.Same(first, await GetAsync());
        Assert.Equal((2, 1), (_kdc.Logins, _kdc.Granted));
        _time.Advance(TimeSpan.FromHours(0.2));
        Assert.Same(first, await GetAsync());
        // The first try finds the login's ticket near its end too and has that renewed; the next one gets the better ticket.
        await Fetches.SettledAsync(_source);
        Assert.Equal((4, 1), (_kdc.Logins, _kdc.Granted));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Same(first, await GetAsync());
        await Fetches.SettledAsync(_source);
        Assert.True((await GetAsync()).Ends > first.Ends);
        Assert.Equal(2, _kdc.Granted);
        Assert.Empty(_renewalsFailed);
    }

    [Fact]
    public async Task GetAsync_KdcDownNearTheEnd_LiveTicketServesAndTriesAreFew()
    {
        var first = await GetAsync();
        _kdc.Intercept = static (_, _) => throw new KdcTransportException("refused");
        _time.Advance(TimeSpan.FromHours(9));
        for (var i = 0; i < 100; i++) Assert.Same(first, await GetAsync());
        await Fetches.SettledAsync(_source);
        Assert.Equal((3, 1), (_kdc.Logins, Failures()));
        for (var i = 0; i < 100; i++) Assert.Same(first, await GetAsync());
        await Fetches.SettledAsync(_source);
        Assert.Equal(3, _kdc.Logins);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Same(first, await GetAsync());
        await Fetches.SettledAsync(_source);
        Assert.Equal((4, 2), (_kdc.Logins, Failures()));
    }

    [Fact]
    public async Task GetAsync_KdcDownAndTicketEnded_KdcUnreachableThenServedAgain()
    {
        var first = await GetAsync();
        _kdc.Intercept = static (_, _) => throw new KdcTransportException("refused");
        _time.Advance(TimeSpan.FromHours(10) - TimeSpan.FromSeconds(9));
        var e = await Assert.ThrowsAsync<KerberosException>(() => GetAsync());
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Equal(
            "No KDC of TEST.LOCAL answered in 10 s: dc1.test.local:88 refused. Next: check TCP port 88 from this host; tickets at hand stay in use.", e.Message);
        _kdc.Intercept = static (_, _) => default;
        Assert.True((await GetAsync()).Ends > first.Ends);
    }

    [Fact]
    public async Task GetAsync_64CallersOfADeadKdc_ShareOneAttempt()
    {
        var gate = Gate(MessageType.AsReq, () => throw new KdcTransportException("refused"));
        var callers = Enumerable.Range(0, 64).Select(_ => GetAsync()).ToList();
        gate.Open();
        foreach (var caller in callers) Assert.Equal(KerberosError.KdcUnreachable, (await Assert.ThrowsAsync<KerberosException>(() => caller)).Error);
        Assert.Equal(1, _kdc.Logins);
    }

    [Fact]
    public async Task Forget_TicketAtHand_NextIsFetchedOnce()
    {
        var first = await GetAsync();
        _source.Forget(first);
        var second = await GetAsync();
        Assert.NotSame(first, second);
        _source.Forget(first);
        Assert.Same(second, await GetAsync());
        Assert.Equal(2, _kdc.Granted);
    }

    [Fact]
    public async Task ForgetLogin_TicketAtHand_NextIsFetchedByAnotherLoginAndSoAreOthers()
    {
        var first = await GetAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        _source.ForgetLogin(first);
        Assert.NotSame(first, await GetAsync());
        await GetAsync(KerberosPrincipal.Parse("HTTP/b@TEST.LOCAL"));
        Assert.Equal((4, 3), (_kdc.Logins, _kdc.Granted));
    }

    [Theory]
    [InlineData(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED)]
    [InlineData(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY)]
    internal async Task GetAsync_KdcNoLongerTakesTheGrantingTicket_LogsInAnewOnce(KerberosErrorCode code)
    {
        var first = await GetAsync();
        var refusals = 1;
        _kdc.Intercept = (request, _) => new(request.Type == MessageType.TgsReq && refusals-- > 0 ? _kdc.Error(code) : null);
        Assert.Equal("HTTP/b@TEST.LOCAL", (await GetAsync(KerberosPrincipal.Parse("HTTP/b@TEST.LOCAL"))).Service.ToString());
        Assert.Equal(4, _kdc.Logins);
        Assert.Same(first, await GetAsync());
    }

    [Fact]
    public async Task GetAsync_MoreServicesThanCapacity_LeastRecentlyUsedGoes()
    {
        var client = FakeKdc.ClientOf(_kdc, _time);
        using var source = new TicketSource(_kdc.Login(client), client, _time, capacity: 3);
        foreach (var name in "abcad")
        {
            await source.GetAsync(KerberosPrincipal.Parse($"HTTP/{name}@TEST.LOCAL"), CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["HTTP/a@TEST.LOCAL", "HTTP/c@TEST.LOCAL", "HTTP/d@TEST.LOCAL"], source.Tickets.Select(t => t.Service.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Dispose_FetchInFlight_WaitersAreToldAndNothingIsAskedAgain()
    {
        var gate = Gate(MessageType.AsReq);
        var waiting = GetAsync();
        await gate.Reached.WaitAsync(s_deadline);
        _source.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => GetAsync());
        Assert.Equal(1, _kdc.Logins);
    }

    private async Task<ServiceTicket> GetAsync(KerberosPrincipal? service = null, CancellationToken cancellationToken = default) =>
        await _source.GetAsync(service ?? FakeKdc.Service, cancellationToken);

    private int Failures()
    {
        lock (_renewalsFailed) return _renewalsFailed.Count;
    }

    private FetchGate Gate(MessageType type, Func<byte[]?>? then = null)
    {
        var gate = new FetchGate();
        _kdc.Intercept = async (request, cancellationToken) =>
        {
            if (request.Type != type) return null;
            await gate.PassAsync(cancellationToken);
            return then?.Invoke();
        };
        return gate;
    }
}
