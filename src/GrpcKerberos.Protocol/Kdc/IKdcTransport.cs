using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>One request to one KDC: bytes out, bytes in. What the bytes mean is the exchange's affair.</summary>
internal interface IKdcTransport
{
    /// <exception cref="KdcTransportException">No answer came; the message says why in a few words.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled: the KDC was silent for its share of the time.</exception>
    ValueTask<byte[]> ExchangeAsync(KdcAddress kdc, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);
}
