using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>What the AES types have in common: Ke is expanded, Ki and Kc are prepared for HMAC.</summary>
internal abstract class AesProfile : EncryptionProfile
{
    private protected AesProfile(EncryptionType type, AesEngine aes, HmacEngine hmac)
        : base(type)
    {
        Aes = aes;
        Hmac = hmac;
    }

    public sealed override int ChecksumMaterialLength => Hmac.PreparedLength(MacKeyLength);

    public sealed override int SealingMaterialLength => ScheduleLength + ChecksumMaterialLength;

    /// <summary>Octets of Kc and Ki.</summary>
    protected abstract int MacKeyLength { get; }

    protected AesEngine Aes { get; }

    protected HmacEngine Hmac { get; }

    protected int ScheduleLength => Aes.ScheduleLength(KeyLength);

    /// <summary>Kc, Ke or Ki of a usage.</summary>
    public abstract void Derive(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived);

    public sealed override void PrepareSealing(ReadOnlySpan<byte> keyBase, KeyUsage usage, bool forOpening, Span<byte> material)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        Derive(keyBase, usage, DerivedKeyKind.Encryption, key);
        if (forOpening)
            Aes.ExpandForDecryption(key, material[..ScheduleLength]);
        else
            Aes.ExpandForEncryption(key, material[..ScheduleLength]);
        CryptographicOperations.ZeroMemory(key);
        PrepareMacKey(keyBase, usage, DerivedKeyKind.Integrity, material[ScheduleLength..]);
    }

    public sealed override void PrepareChecksum(ReadOnlySpan<byte> keyBase, KeyUsage usage, Span<byte> material) =>
        PrepareMacKey(keyBase, usage, DerivedKeyKind.Checksum, material);

    public sealed override void Sign(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, Span<byte> mac) =>
        Hmac.Compute(checksumMaterial, [], data, mac);

    private void PrepareMacKey(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> material)
    {
        Span<byte> key = stackalloc byte[MacKeyLength];
        Derive(keyBase, usage, kind, key);
        Hmac.Prepare(key, material);
        CryptographicOperations.ZeroMemory(key);
    }
}
