using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>What metrics are told of each request to a KDC.</summary>
public sealed class KdcAskedTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;
    private readonly List<(MessageType Reply, double Seconds, string? Error)> _asked = [];

    public KdcAskedTests() => _kdc = new FakeKdc(_time);

    [Fact]
    public async Task Good_LoginAndTicket_NameNoError()
    {
        _kdc.Intercept = (_, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return default;
        };

        await GetAsync();

        // The first answer asks for pre-authentication, as the first answer does.
        Assert.Equal([(MessageType.AsRep, 1, null), (MessageType.AsRep, 1, null), (MessageType.TgsRep, 1, null)], _asked);
    }

    [Theory]
    [InlineData("refused", "KDC_ERR_CLIENT_REVOKED")]
    [InlineData("cannot serve", "KDC_ERR_SVC_UNAVAILABLE")]
    [InlineData("a number nobody knows", "OTHER")]
    [InlineData("garbage", "MALFORMED")]
    [InlineData("closed", "UNREACHABLE")]
    [InlineData("silent", "TIMEOUT")]
    public async Task Failure_HasANameOutOfAFew(string what, string error)
    {
        _kdc.Intercept = async (_, cancellationToken) =>
        {
            switch (what)
            {
                case "refused": return _kdc.Error(KerberosErrorCode.KDC_ERR_CLIENT_REVOKED);
                case "cannot serve": return _kdc.Error(KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE);
                case "a number nobody knows": return _kdc.Error((KerberosErrorCode)4711);
                case "garbage": return [1, 2, 3];
                case "closed": throw new KdcTransportException("refused");
                default:
                    _time.Advance(TimeSpan.FromSeconds(11));
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return null;
            }
        };

        await Assert.ThrowsAsync<KerberosException>(GetAsync);

        Assert.Equal((MessageType.AsRep, error), Assert.Single(_asked.Select(static a => (a.Reply, a.Error))));
    }

    private async Task GetAsync()
    {
        var client = FakeKdc.ClientOf(_kdc, _time, new KdcEvents { KdcAsked = Take });
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        await source.GetAsync(FakeKdc.Service, CancellationToken.None);
    }

    private void Take(KdcAddress kdc, MessageType reply, TimeSpan elapsed, string? error) => _asked.Add((reply, elapsed.TotalSeconds, error));
}
