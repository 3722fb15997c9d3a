using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>HMAC of the platform. A prepared key is the key itself.</summary>
internal sealed class PlatformHmacEngine(HashAlgorithmName hash) : HmacEngine
{
    public override int PreparedLength(int keyLength) => keyLength;

    public override void Prepare(ReadOnlySpan<byte> key, Span<byte> prepared) => key.CopyTo(prepared);

    public override void Compute(ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[LongestMac];
        if (first.IsEmpty)
            CryptographicOperations.HmacData(hash, prepared, second, whole);
        else
        {
            using var hmac = IncrementalHash.CreateHMAC(hash, prepared);
            hmac.AppendData(first);
            hmac.AppendData(second);
            hmac.GetHashAndReset(whole);
        }
        whole[..mac.Length].CopyTo(mac);
        CryptographicOperations.ZeroMemory(whole);
    }
}
