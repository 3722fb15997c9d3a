using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>A KDC is asked for its clock, and nobody's login comes into it.</summary>
public sealed class KdcPingTests
{
    private static readonly KdcAddress s_first = new("dc1.test.local");
    private static readonly KdcAddress s_second = new("dc2.test.local");

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;
    private readonly List<(KdcAddress Kdc, string? Error)> _asked = [];

    public KdcPingTests() => _kdc = new FakeKdc(_time) { ClockOffset = TimeSpan.FromMinutes(7), Intercept = (_, _) => ValueTask.FromResult(Refusal()) };

    [Fact]
    public async Task Ping_ARefusal_TellsTheClockAndIsNothingWrong()
    {
        Assert.Equal((s_first, TimeSpan.FromMinutes(7)), await PingAsync(s_first));

        var (_, request) = Assert.Single(_kdc.Requests);
        Assert.Equal((MessageType.AsReq, "krbtgt/TEST.LOCAL"), (request.Type, string.Join('/', request.Body.ClientName!.Components)));
        Assert.Null(request.PreAuthData);
        Assert.Equal([(EncryptionType)1], request.Body.EncryptionTypes);
        Assert.Equal([(s_first, null)], _asked);
    }

    [Fact]
    public async Task Ping_SlowAnswer_TellsTheTimeOfItsHalf()
    {
        _kdc.Intercept = (_, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var refusal = Refusal();
            _time.Advance(TimeSpan.FromSeconds(1));
            return ValueTask.FromResult(refusal);
        };

        Assert.Equal(TimeSpan.FromMinutes(7), (await PingAsync(s_first)).Offset);
    }

    [Fact]
    public async Task Ping_FirstIsAwayForAWhile_TheSecondsClockIsNotBlamedForThat()
    {
        var isFirst = true;
        _kdc.Intercept = (_, _) =>
        {
            if (!isFirst) return ValueTask.FromResult(Refusal());
            isFirst = false;
            _time.Advance(TimeSpan.FromSeconds(4));
            throw new KdcTransportException("refused");
        };

        Assert.Equal((s_second, TimeSpan.FromMinutes(7)), await PingAsync(s_first, s_second));
        Assert.Equal([(s_first, "UNREACHABLE"), (s_second, null)], _asked);
    }

    [Fact]
    public async Task Ping_CannotServe_IsNoAnswer()
    {
        _kdc.Intercept = (_, _) => ValueTask.FromResult<byte[]?>(_kdc.Error(KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE));

        Assert.Equal(KerberosError.KdcUnreachable, (await Assert.ThrowsAsync<KerberosException>(() => PingAsync(s_first))).Error);
        Assert.Equal([(s_first, "KDC_ERR_SVC_UNAVAILABLE")], _asked);
    }

    private byte[]? Refusal() => _kdc.Error(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP);

    private Task<(KdcAddress Kdc, TimeSpan? Offset)> PingAsync(params KdcAddress[] kdcs) =>
        FakeKdc.ClientOf(_kdc, _time, new KdcEvents { KdcAsked = (kdc, _, _, error) => _asked.Add((kdc, error)) }, kdcs).PingAsync("TEST.LOCAL", CancellationToken.None).AsTask();
}
