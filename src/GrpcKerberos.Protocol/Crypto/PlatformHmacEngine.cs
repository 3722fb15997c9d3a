using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>HMAC of the platform. A prepared key is the key itself.</summary>
internal sealed class PlatformHmacEngine(HashAlgorithmName hash) : HmacEngine
{
    private const int JoinLimit = 2048;

    private readonly HashAlgorithmName _hash = hash;

    public override int PreparedLength(int keyLength) => keyLength;

    public override void Prepare(ReadOnlySpan<byte> key, Span<byte> prepared) => key.CopyTo(prepared);

    public override void Compute(ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[LongestMac];
        if (first.IsEmpty)
            CryptographicOperations.HmacData(_hash, prepared, second, whole);
        else
            ComputeJoined(prepared, first, second, whole);
        whole[..mac.Length].CopyTo(mac);
        CryptographicOperations.ZeroMemory(whole);
    }

    public override void Hash(ReadOnlySpan<byte> data, Span<byte> hash) => CryptographicOperations.HashData(_hash, data, hash);

    /// <summary>One call over a copy is quicker than three calls, as long as the copy is short.</summary>
    private void ComputeJoined(ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> whole)
    {
        if (first.Length + second.Length <= JoinLimit)
        {
            Span<byte> joined = stackalloc byte[JoinLimit];
            first.CopyTo(joined);
            second.CopyTo(joined[first.Length..]);
            CryptographicOperations.HmacData(_hash, key, joined[..(first.Length + second.Length)], whole);
            CryptographicOperations.ZeroMemory(joined);
            return;
        }
        using var hmac = IncrementalHash.CreateHMAC(_hash, key);
        hmac.AppendData(first);
        hmac.AppendData(second);
        hmac.GetHashAndReset(whole);
    }
}
