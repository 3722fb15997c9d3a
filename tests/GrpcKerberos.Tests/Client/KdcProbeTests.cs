using System.Runtime.CompilerServices;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GrpcKerberos.Tests.Client;

public sealed class KdcProbeTests : IDisposable
{
    private const string Realm = "TEST.LOCAL";

    private static readonly KdcAddress s_asked = new("dc1.test");

    private readonly ManualTime _time = new();
    private readonly HeldKdc _kdc = new();
    private readonly KdcProbe _probe;

    public KdcProbeTests()
    {
        var locator = new KdcLocator(Krb5Config.Empty, Realm, [s_asked]);
        _probe = new KdcProbe(new KdcClient(locator, _kdc, [EncryptionType.Aes256CtsHmacSha1], TimeSpan.FromMinutes(10), _time), _time);
    }

    public void Dispose() => _probe.Dispose();

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public async Task Look_AgainAfterSeconds_AsksOnceAMinute(int seconds, bool asks)
    {
        _probe.Look(Realm);
        _kdc.Answer();
        await SettledAsync();
        Assert.Equal(s_asked, _probe.Look(Realm).Kdc);

        _time.Advance(TimeSpan.FromSeconds(seconds));
        _probe.Look(Realm);

        Assert.Equal(asks, IsAsking(_probe));
    }

    [Fact]
    public async Task Answered_WhileOneIsAsked_StandsAgainstTheOlderFailure()
    {
        var other = new KdcAddress("dc2.test");
        _probe.Look(Realm);
        await _kdc.Asked.WaitAsync(TimeSpan.FromSeconds(60));

        _probe.Answered(other);
        _kdc.Fail();
        await SettledAsync();

        Assert.Equal(new KdcStanding(other, null, null), _probe.Look(Realm));
    }

    /// <summary>A ticket tells no clock: one that was told once, proved by nobody, must not stand for as long as tickets come.</summary>
    [Fact]
    public async Task Answered_AgainAndAgain_LeavesTheClockNoOlderThanAMinute()
    {
        _probe.Look(Realm);
        _kdc.Answer();
        await SettledAsync();

        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            _probe.Answered(s_asked);
        }

        Assert.NotNull(_probe.Look(Realm).Offset);
        Assert.True(IsAsking(_probe));
    }

    [Fact]
    public async Task Look_KdcAway_StandsWithItsFailure()
    {
        _probe.Look(Realm);

        _kdc.Fail();
        await SettledAsync();

        Assert.Equal(KerberosError.KdcUnreachable, _probe.Look(Realm).Failure?.Error);
    }

    [Fact]
    public async Task Dispose_OfTheIdentity_EndsWhatIsAsked()
    {
        await using var realm = await TestRealm.StartAsync();
        var settings = ClientSettings.Read(new KerberosClientOptions
        {
            Krb5Config = realm.Krb5Config,
            Keytab = realm.AddUser("alice").Keytab,
            KdcTimeout = TimeSpan.FromMinutes(2),
        });
        var identity = new ClientIdentity(settings, static _ => null, new ClientLog(NullLogger.Instance), ClientMetrics.None);
        realm.Fault = KdcFault.Silent;
        identity.KdcOf(KerberosPrincipal.Parse("alice@TEST.LOCAL"));

        identity.Dispose();

        // The KDC would be waited for twice as long.
        await SettledAsync(Found(identity)!.Probe);
    }

    private Task SettledAsync() => SettledAsync(_probe);

    /// <summary>Completes once what was asked has come to its end.</summary>
    private static async Task SettledAsync(KdcProbe probe)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (IsAsking(probe))
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_isAsking")]
    private static extern ref bool IsAsking(KdcProbe probe);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_found")]
    private static extern ref ClientIdentity.Found? Found(ClientIdentity identity);

    /// <summary>A KDC that gives one answer when it is told to, and then none.</summary>
    private sealed class HeldKdc : IKdcTransport
    {
        private readonly TaskCompletionSource<byte[]> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes with the first request.</summary>
        public Task Asked => _asked.Task;

        public void Answer() => _first.SetResult(
            new KrbError(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, KerberosTime.FromMicroseconds(0), KerberosPrincipal.TicketGrantingService("TEST.LOCAL")).Encode());

        public void Fail() => _first.SetException(new KdcTransportException("refused"));

        public async ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
        {
            var answer = _asked.TrySetResult() ? _first : new TaskCompletionSource<byte[]>();
            return await answer.Task.WaitAsync(cancellationToken);
        }
    }
}
