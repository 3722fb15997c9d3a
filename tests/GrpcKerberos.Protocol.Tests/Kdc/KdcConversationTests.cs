using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Which KDC is asked, for how long, and what is told when none answers.</summary>
public sealed class KdcConversationTests
{
    private static readonly KdcAddress[] s_three = [new("dc1.test.local"), new("dc2.test.local"), new("2001:db8::3", 88)];

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;
    private readonly List<string> _failures = [];
    private readonly List<KdcAddress> _asked = [];

    public KdcConversationTests() => _kdc = new FakeKdc(_time);

    [Fact]
    public async Task SendAsync_FirstKdcRefuses_SecondServesTheWholeExchangeAndTheNextOne()
    {
        var client = Client((kdc, _) => kdc == s_three[0] ? throw new KdcTransportException("refused") : null);
        await LoginAsync(client);
        await LoginAsync(client);
        Assert.Equal([s_three[0], s_three[1], s_three[1], s_three[1], s_three[1]], _asked);
        Assert.Equal(["dc1.test.local:88 refused"], _failures);
    }

    [Fact]
    public async Task SendAsync_SilentKdc_LeftAfterItsShareOfTheTime()
    {
        var client = Client(static (kdc, ct) => kdc == s_three[0] ? SilentAsync(ct) : null);
        var login = LoginAsync(client);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(10.0 / 3) - TimeSpan.FromMilliseconds(1));
        Assert.False(login.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await login;
        Assert.Equal(["dc1.test.local:88 silent"], _failures);
    }

    [Fact]
    public async Task SendAsync_NoKdcAnswers_KdcUnreachableNamesEach()
    {
        var client = Client(static (kdc, ct) => kdc == s_three[1] ? SilentAsync(ct) : throw new KdcTransportException(kdc == s_three[0] ? "refused" : "unreachable"));
        var login = LoginAsync(client);
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(5));
        var e = await Assert.ThrowsAsync<KerberosException>(() => login);
        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
        Assert.Equal(
            "No KDC of TEST.LOCAL answered in 10 s: dc1.test.local:88 refused, dc2.test.local:88 silent, [2001:db8::3]:88 unreachable. "
            + "Next: check TCP port 88 from this host; tickets at hand stay in use.",
            e.Message);
    }

    /// <summary>A process may be stopped between two looks at the clock: time that is over is no time-out of another kind.</summary>
    [Fact]
    public async Task SendAsync_TimeRunsOutBetweenTwoLooks_KdcUnreachable()
    {
        var conversation = new KdcConversation("TEST.LOCAL", [s_three[0]], _kdc, TimeSpan.FromSeconds(10), new LeapingTime(9, 12), KdcEvents.None, started: 0);
        _kdc.Intercept = static (_, ct) => new(SilentAsync(ct)!);
        var request = new KdcReq(MessageType.AsReq, new KdcReqBody(KdcOptions.None, FakeKdc.Alice.Name, "TEST.LOCAL", null, KdcRequests.LongestTill, 1, EncryptionTypeList.Default), []);

        var e = await Assert.ThrowsAsync<KerberosException>(async () => await conversation.SendAsync(MessageType.AsRep, request.Encode(), CancellationToken.None));

        Assert.Equal(KerberosError.KdcUnreachable, e.Error);
    }

    [Fact]
    public async Task SendAsync_KdcThatCannotServe_NextOneDoes()
    {
        var client = Client((kdc, _) => kdc == s_three[0] ? Task.FromResult(_kdc.Error(KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE)) : null);
        await LoginAsync(client);
        Assert.Equal(["dc1.test.local:88 answered KDC_ERR_SVC_UNAVAILABLE, 29"], _failures);
    }

    [Fact]
    public async Task SendAsync_KdcThatAnswersGarbage_NextOneServes()
    {
        var client = Client(static (kdc, _) => kdc == s_three[0] ? Task.FromResult<byte[]>([1, 2, 3]) : null);
        await LoginAsync(client);
        Assert.Equal(["dc1.test.local:88 answered with something that is no Kerberos reply"], _failures);
    }

    [Fact]
    public async Task SendAsync_KdcThatAnnouncesAnEnormousAnswer_NextOneServes()
    {
        var client = Client(static (kdc, _) => kdc == s_three[0] ? throw new KdcTransportException("announced an answer over 1 MiB") : null);
        await LoginAsync(client);
        Assert.Equal(["dc1.test.local:88 announced an answer over 1 MiB"], _failures);
    }

    /// <summary>What somebody in the KDC's place sends is told, not got round.</summary>
    [Fact]
    public async Task SendAsync_KdcThatAnswersAnotherRequest_RefusedAndNoOtherAsked()
    {
        _kdc.Part = static p => p with { Nonce = p.Nonce ^ 1 };
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(Client(static (_, _) => null)));
        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains("KDC dc1.test.local:88 gave an answer that is not right: its nonce", e.Message, StringComparison.Ordinal);
        Assert.All(_asked, static k => Assert.Equal(s_three[0], k));
    }

    [Fact]
    public async Task SendAsync_AllAnswerGarbage_KdcRefused()
    {
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(Client(static (_, _) => Task.FromResult<byte[]>([]))));
        Assert.Equal(KerberosError.KdcRefused, e.Error);
    }

    [Fact]
    public async Task SendAsync_CallerCancels_Cancelled()
    {
        using var cancelling = new CancellationTokenSource();
        var client = Client(static (_, ct) => SilentAsync(ct));
        var login = client.LoginAsync(FakeKdc.Alice, new PasswordKeys("x"), cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => login);
        Assert.Empty(_failures);
    }

    private static async Task<byte[]> SilentAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException();
    }

    private async Task LoginAsync(KdcClient client)
    {
        var keys = KeytabKeys.Of(_kdc.Keytab(), FakeKdc.Alice, "a.keytab");
        Assert.Equal(FakeKdc.Alice, (await client.LoginAsync(FakeKdc.Alice, keys, CancellationToken.None)).Client);
    }

    private KdcClient Client(Func<KdcAddress, CancellationToken, Task<byte[]>?> script)
    {
        var events = new KdcEvents { KdcFailed = (kdc, what) => _failures.Add($"{kdc} {what}") };
        return FakeKdc.ClientOf(new Scripted(this, script), _time, events, s_three);
    }

    private sealed class Scripted(KdcConversationTests test, Func<KdcAddress, CancellationToken, Task<byte[]>?> script) : IKdcTransport
    {
        public ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            test._asked.Add(kdc);
            return script(kdc, cancellationToken) is { } answer ? new ValueTask<byte[]>(answer) : test._kdc.ExchangeAsync(kdc, request, cancellationToken);
        }
    }

    /// <summary>Its seconds are those given, one a look, and the last one from then on; its timers are due at once.</summary>
    private sealed class LeapingTime(params int[] seconds) : TimeProvider
    {
        private int _looks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => seconds[Math.Min(_looks++, seconds.Length - 1)];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
