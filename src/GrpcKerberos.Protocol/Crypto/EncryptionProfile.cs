using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>What an encryption type is: its lengths, how it derives keys, and how it seals, opens and signs (RFC 3961 section 3).</summary>
/// <remarks>
/// A profile holds no key. It works on plain bytes of three kinds: the base of a key (whatever is needed to derive further
/// keys), the sealing material of one usage (both Ke and Ki, prepared), and its checksum material (prepared Kc).
/// </remarks>
internal abstract class EncryptionProfile
{
    /// <summary>The longest confounder of any type: room for a buffer on the stack.</summary>
    public const int LongestConfounder = 16;

    private static readonly EncryptionProfile[] BuiltIn =
    [
        new AesSha1Profile(EncryptionType.Aes128CtsHmacSha1),
        new AesSha1Profile(EncryptionType.Aes256CtsHmacSha1),
        new AesSha2Profile(EncryptionType.Aes128CtsHmacSha256),
        new AesSha2Profile(EncryptionType.Aes256CtsHmacSha384),
    ];

    private static readonly Lock Registering = new();

    private static EncryptionProfile[] s_known = BuiltIn;

    private protected EncryptionProfile(EncryptionType type, int confounderLength = LongestConfounder, bool isMacFirst = false, bool isNewer = true)
    {
        Type = type;
        ConfounderLength = confounderLength;
        IsMacFirst = isMacFirst;
        IsNewer = isNewer;
    }

    public EncryptionType Type { get; }

    /// <summary>Octets of the confounder.</summary>
    public int ConfounderLength { get; }

    /// <summary>Whether a sealed message begins with its MAC (RFC 4757) rather than ends with it.</summary>
    public bool IsMacFirst { get; }

    /// <summary>Whether its keys make the MICs of RFC 4121, so that one may be K; RC4's make those of RFC 1964.</summary>
    public bool IsNewer { get; }

    /// <summary>Octets of the protocol key.</summary>
    public abstract int KeyLength { get; }

    /// <summary>Octets of the (truncated) MAC of a sealed message or a checksum.</summary>
    public abstract int MacLength { get; }

    /// <summary>Octets that <see cref="Prf"/> gives.</summary>
    public abstract int PrfLength { get; }

    /// <summary>The mandatory checksum type.</summary>
    public abstract ChecksumType ChecksumType { get; }

    /// <summary>Iterations of string-to-key where the KDC names none; 0: the type has none, and takes no parameters.</summary>
    public abstract int DefaultIterations { get; }

    /// <summary>Octets of the base.</summary>
    public abstract int BaseLength { get; }

    /// <summary>Whether to make the base costs more than to keep it.</summary>
    public abstract bool KeepsBase { get; }

    /// <summary>Octets of a prepared Kc.</summary>
    public abstract int ChecksumMaterialLength { get; }

    /// <summary>Octets of the sealing material of one usage.</summary>
    public abstract int SealingMaterialLength { get; }

    /// <summary>Where confounder and plaintext begin in a sealed message.</summary>
    public int TextOffset => IsMacFirst ? MacLength : 0;

    /// <summary>Makes types known to this process, once each; what a provider brings under a built-in number is passed over.</summary>
    /// <remarks>
    /// Known is what there is code for, and that is the same for the whole process: keytabs, caches and messages are read without
    /// options at hand. It permits nothing. What may be used stands in each policy, and a type that is not built in only where it is named.
    /// </remarks>
    public static void Register(IEnumerable<EncryptionTypeProvider> providers)
    {
        foreach (var provider in providers)
        {
            lock (Registering)
            {
                EncryptionProfile[] news = [.. provider.Profiles.Where(static p => !TryFor(p.Type, out _))];
                if (news.Length > 0) Volatile.Write(ref s_known, [.. s_known, .. news]);
            }
        }
    }

    /// <summary>Whether there is code for a type: it is built in, or a provider brought it.</summary>
    public static bool TryFor(EncryptionType type, [NotNullWhen(true)] out EncryptionProfile? profile)
    {
        foreach (var candidate in Volatile.Read(ref s_known))
        {
            if (candidate.Type != type) continue;
            profile = candidate;
            return true;
        }

        profile = null;
        return false;
    }

    /// <summary>Whether it is one of the AES types. No other may be used unless somebody named it.</summary>
    public static bool IsBuiltIn(EncryptionType type)
    {
        foreach (var candidate in BuiltIn)
        {
            if (candidate.Type == type) return true;
        }

        return false;
    }

    /// <summary>Whether a key that came in a message is of a known type and of that type's length.</summary>
    public static bool Fits(EncryptionKey key) => TryFor(key.Type, out var profile) && key.Value.Length == profile.KeyLength;

    /// <summary>Whether such a key may moreover be K.</summary>
    public static bool FitsSession(EncryptionKey key) => Fits(key) && For(key.Type).IsNewer;

    /// <summary>Whether keys of a type may be K.</summary>
    public static bool MakesSessions(EncryptionType type) => TryFor(type, out var profile) && profile.IsNewer;

    /// <exception cref="ArgumentException">There is no code for the encryption type.</exception>
    public static EncryptionProfile For(EncryptionType type) =>
        TryFor(type, out var profile)
            ? profile
            : throw new ArgumentException($"The encryption type {type.ToMitName()} is not built in. Next: use one of the AES types, 17 to 20.", nameof(type));

    public abstract void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared);

    public abstract void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output);

    /// <summary>The slow part of string-to-key, PBKDF2 where there is any, and the last derivation. The password is UTF-8.</summary>
    public abstract byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations);

    /// <summary>Seals in place: confounder and plaintext stand at <see cref="TextOffset"/>, the MAC comes to its place.</summary>
    public abstract void Seal(ReadOnlySpan<byte> material, Span<byte> message);

    /// <summary>Opens a message of at least confounder and MAC into a buffer of its length less the MAC; false when it is not genuine.</summary>
    public abstract bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened);

    public abstract void PrepareSealing(ReadOnlySpan<byte> keyBase, KeyUsage usage, bool forOpening, Span<byte> material);

    public abstract void PrepareChecksum(ReadOnlySpan<byte> keyBase, KeyUsage usage, Span<byte> material);

    public abstract void Sign(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, Span<byte> mac);

    public bool Verify(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacLength];
        Sign(checksumMaterial, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }

    /// <summary>The MAC of a message that was opened.</summary>
    public ReadOnlySpan<byte> MacOf(ReadOnlySpan<byte> message) => IsMacFirst ? message[..MacLength] : message[^MacLength..];
}
