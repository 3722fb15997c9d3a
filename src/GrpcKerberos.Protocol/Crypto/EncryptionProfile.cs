using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>What an encryption type is: its lengths, how it derives keys, and how it seals, opens and signs (RFC 3961 section 3).</summary>
/// <remarks>
/// A profile holds no key. It works on plain bytes of three kinds: the base of a key (whatever is needed to derive further
/// keys), the sealing material of one usage (expanded Ke, then prepared Ki), and its checksum material (prepared Kc).
/// </remarks>
internal abstract class EncryptionProfile
{
    public const int ConfounderLength = AesEngine.BlockLength;

    private static readonly EncryptionProfile[] BuiltIn =
    [
        new AesSha1Profile(EncryptionType.Aes128CtsHmacSha1),
        new AesSha1Profile(EncryptionType.Aes256CtsHmacSha1),
        new AesSha2Profile(EncryptionType.Aes128CtsHmacSha256),
        new AesSha2Profile(EncryptionType.Aes256CtsHmacSha384),
    ];

    private protected EncryptionProfile(EncryptionType type, AesEngine aes, HmacEngine hmac)
    {
        Type = type;
        Aes = aes;
        Hmac = hmac;
    }

    public EncryptionType Type { get; }

    /// <summary>Octets of the protocol key, and of Ke.</summary>
    public abstract int KeyLength { get; }

    /// <summary>Octets of the (truncated) MAC of a sealed message or a checksum.</summary>
    public abstract int MacLength { get; }

    /// <summary>Octets that <see cref="Prf"/> gives.</summary>
    public abstract int PrfLength { get; }

    /// <summary>The mandatory checksum type.</summary>
    public abstract ChecksumType ChecksumType { get; }

    /// <summary>Iterations of string-to-key where the KDC names none.</summary>
    public abstract int DefaultIterations { get; }

    /// <summary>Octets of the base.</summary>
    public abstract int BaseLength { get; }

    /// <summary>Whether to make the base costs more than to keep it.</summary>
    public abstract bool KeepsBase { get; }

    /// <summary>Octets of a prepared Kc.</summary>
    public int ChecksumMaterialLength => Hmac.PreparedLength(MacKeyLength);

    /// <summary>Octets of the sealing material of one usage.</summary>
    public int SealingMaterialLength => ScheduleLength + ChecksumMaterialLength;

    /// <summary>Octets of Kc and Ki.</summary>
    protected abstract int MacKeyLength { get; }

    protected AesEngine Aes { get; }

    protected HmacEngine Hmac { get; }

    protected int ScheduleLength => Aes.ScheduleLength(KeyLength);

    public static bool TryFor(EncryptionType type, [NotNullWhen(true)] out EncryptionProfile? profile)
    {
        profile = Array.Find(BuiltIn, candidate => candidate.Type == type);
        return profile is not null;
    }

    /// <summary>Whether a key that came in a message is of a built-in type and of that type's length.</summary>
    public static bool Fits(EncryptionKey key) => TryFor(key.Type, out var profile) && key.Value.Length == profile.KeyLength;

    /// <exception cref="ArgumentException">The encryption type is not built in.</exception>
    public static EncryptionProfile For(EncryptionType type) =>
        TryFor(type, out var profile)
            ? profile
            : throw new ArgumentException($"The encryption type {type.ToMitName()} is not built in. Next: use one of the AES types, 17 to 20.", nameof(type));

    public abstract void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared);

    public abstract void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output);

    /// <summary>PBKDF2 and the last derivation of string-to-key.</summary>
    public abstract byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations);

    /// <summary>Seals in place: confounder and plaintext stand at the start, the MAC comes to the end.</summary>
    public abstract void Seal(ReadOnlySpan<byte> material, Span<byte> message);

    /// <summary>Opens a message of at least confounder and MAC into a buffer of its length less the MAC; false when it is not genuine.</summary>
    public abstract bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened);

    public void PrepareSealing(ReadOnlySpan<byte> keyBase, KeyUsage usage, bool forOpening, Span<byte> material)
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

    public void PrepareChecksum(ReadOnlySpan<byte> keyBase, KeyUsage usage, Span<byte> material) =>
        PrepareMacKey(keyBase, usage, DerivedKeyKind.Checksum, material);

    public void Sign(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, Span<byte> mac) =>
        Hmac.Compute(checksumMaterial, [], data, mac);

    public bool Verify(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacLength];
        Sign(checksumMaterial, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    /// <summary>Kc, Ke or Ki of a usage.</summary>
    public abstract void Derive(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived);

    private void PrepareMacKey(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> material)
    {
        Span<byte> key = stackalloc byte[MacKeyLength];
        Derive(keyBase, usage, kind, key);
        Hmac.Prepare(key, material);
        CryptographicOperations.ZeroMemory(key);
    }
}
