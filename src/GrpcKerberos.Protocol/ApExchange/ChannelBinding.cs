using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>A TLS channel as both ends see it: the tls-server-end-point hash of the server's certificate (RFC 5929 section 4).</summary>
internal sealed class ChannelBinding(ReadOnlyMemory<byte> endPointHash)
{
    public const int GssHashLength = 16;

    private static ReadOnlySpan<byte> Prefix => "tls-server-end-point:"u8;

    public ReadOnlyMemory<byte> EndPointHash { get; } = endPointHash;

    /// <summary>The channel ends before the server, by the operator's word: what was bound to it may have been read on the way from there.</summary>
    public bool EndsAtProxy { get; init; }

    /// <summary>Null where RFC 5929 defines no hash for the certificate's signature (<see cref="ApExchange.EndPointHash"/>).</summary>
    public static ChannelBinding? Of(X509Certificate2 certificate, bool endsAtProxy = false) =>
        ApExchange.EndPointHash.Of(certificate) is { } hash ? new ChannelBinding(hash) { EndsAtProxy = endsAtProxy } : null;

    /// <summary>
    /// Bnd of a 0x8003 checksum: MD5 over gss_channel_bindings with no addresses and the prefixed hash as application data,
    /// lengths little-endian (RFC 4121 section 4.1.1.2). MD5 is the RFC's choice; the session key seals the result.
    /// </summary>
    public byte[] GssHash()
    {
        const int AddressFields = 16;
        var data = new byte[AddressFields + 4 + Prefix.Length + EndPointHash.Length];
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(AddressFields), Prefix.Length + EndPointHash.Length);
        Prefix.CopyTo(data.AsSpan(AddressFields + 4));
        EndPointHash.Span.CopyTo(data.AsSpan(AddressFields + 4 + Prefix.Length));
#pragma warning disable CA5351 // RFC 4121 fixes MD5 here
        return MD5.HashData(data);
#pragma warning restore CA5351
    }
}
