using System.Collections.Concurrent;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>UDP for small requests, and TCP where the answer does not fit (KRB_ERR_RESPONSE_TOO_BIG) or UDP brings none.</summary>
/// <param name="udp">Datagrams.</param>
/// <param name="tcp">Connections.</param>
/// <param name="limit">udp_preference_limit of krb5.conf: octets up to which UDP goes first. 0: never.</param>
/// <param name="udpPatience">How long UDP may stay silent: one retransmission, and most of a KDC's share left for TCP.</param>
internal sealed class FallbackKdcTransport(
    IKdcTransport udp, IKdcTransport tcp, int limit, TimeSpan udpPatience, TimeProvider timeProvider) : IKdcTransport
{
    private static readonly TimeSpan s_udpPatience = TimeSpan.FromSeconds(1);

    /// <summary>KDCs that answered by TCP after UDP had failed: behind a firewall every later request would wait for nothing.</summary>
    private readonly ConcurrentDictionary<KdcAddress, bool> _tcpOnly = new();

    /// <summary>Names of KDCs can come out of DNS, new ones each time; no honest client meets so many.</summary>
    private const int MaxTcpOnly = 256;

    /// <param name="config">krb5.conf.</param>
    /// <param name="timeout">For one exchange.</param>
    /// <param name="timeProvider">This host's clock.</param>
    public static FallbackKdcTransport Create(Krb5Config config, TimeSpan timeout, TimeProvider timeProvider)
    {
        var patience = TimeSpan.FromTicks(Math.Min(s_udpPatience.Ticks, timeout.Ticks / 4));
        var udp = new UdpKdcTransport(patience / 2, timeProvider);
        return new FallbackKdcTransport(udp, new TcpKdcTransport(), config.UdpPreferenceLimit, patience, timeProvider);
    }

    public async ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (request.Length > limit || _tcpOnly.ContainsKey(kdc))
            return await tcp.ExchangeAsync(kdc, request, cancellationToken).ConfigureAwait(false);
        var reply = await TryUdpAsync(kdc, request, cancellationToken).ConfigureAwait(false);
        if (reply is not null && !IsTooBig(reply)) return reply;
        var second = await tcp.ExchangeAsync(kdc, request, cancellationToken).ConfigureAwait(false);
        if (reply is null && _tcpOnly.Count < MaxTcpOnly) _tcpOnly.TryAdd(kdc, true);
        return second;
    }

    private async ValueTask<byte[]?> TryUdpAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(udpPatience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await udp.ExchangeAsync(kdc, request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (KdcTransportException)
        {
            return null;
        }
    }

    private static bool IsTooBig(ReadOnlyMemory<byte> reply)
    {
        try
        {
            return new DerReader(reply).NextIsApplication((int)MessageType.KrbError)
                && KrbError.Decode(reply).Code == KerberosErrorCode.KRB_ERR_RESPONSE_TOO_BIG;
        }
        catch (DerException)
        {
            return false;
        }
    }
}
