using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>HMAC without a native call: what the key alone decides, two blocks of four or five, is done when it is prepared.</summary>
/// <remarks>
/// A native HMAC costs more to begin than most Kerberos messages are long. Long messages go to the platform, whose
/// hash instructions pay there. A prepared key is the inner state, the outer state, and the key itself for the platform.
/// </remarks>
internal sealed class ManagedHmacEngine<TDigest>(HashAlgorithmName hash) : HmacEngine
    where TDigest : struct, IDigest
{
    private readonly PlatformHmacEngine _platform = new(hash);

    public override int PreparedLength(int keyLength) => (2 * TDigest.StateLength) + keyLength;

    public override void Prepare(ReadOnlySpan<byte> key, Span<byte> prepared)
    {
        Span<byte> pad = stackalloc byte[TDigest.BlockLength];
        Start(key, 0x36, pad, prepared[..TDigest.StateLength]);
        Start(key, 0x5C, pad, prepared.Slice(TDigest.StateLength, TDigest.StateLength));
        key.CopyTo(prepared[(2 * TDigest.StateLength)..]);
        CryptographicOperations.ZeroMemory(pad);
    }

    public override void Compute(ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> mac)
    {
        if (second.Length >= TDigest.PlatformFrom)
        {
            _platform.Compute(prepared[(2 * TDigest.StateLength)..], first, second, mac);
            return;
        }
        Span<byte> state = stackalloc byte[TDigest.StateLength];
        Span<byte> whole = stackalloc byte[TDigest.HashLength];
        prepared[..state.Length].CopyTo(state);
        DigestStream<TDigest>.Finish(state, TDigest.BlockLength, first, second, whole);
        prepared.Slice(state.Length, state.Length).CopyTo(state);
        DigestStream<TDigest>.Finish(state, TDigest.BlockLength, [], whole, whole);
        whole[..mac.Length].CopyTo(mac);
        CryptographicOperations.ZeroMemory(state);
        CryptographicOperations.ZeroMemory(whole);
    }

    public override void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        if (data.Length >= TDigest.PlatformHashFrom)
        {
            _platform.Hash(data, hash);
            return;
        }
        Span<byte> state = stackalloc byte[TDigest.StateLength];
        TDigest.Start(state);
        DigestStream<TDigest>.Finish(state, 0, [], data, hash);
        CryptographicOperations.ZeroMemory(state);
    }

    private static void Start(ReadOnlySpan<byte> key, byte filler, Span<byte> pad, Span<byte> state)
    {
        pad.Fill(filler);
        for (var i = 0; i < key.Length; i++)
            pad[i] ^= key[i];
        TDigest.Start(state);
        TDigest.Compress(state, pad);
    }
}
