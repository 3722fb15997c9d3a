using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>aes128/aes256-cts-hmac-sha1-96 (RFC 3962): MAC over the plaintext, both in RFC 3961's simplified profile.</summary>
/// <remarks>The base is the encryption schedule of the key, which DK uses for every derived key.</remarks>
internal sealed class AesSha1Profile : AesProfile
{
    private const int Sha1Length = 20;

    public AesSha1Profile(EncryptionType type)
        : this(type, AesEngine.Default, HmacEngine.Quickest<Sha1Digest>(HashAlgorithmName.SHA1))
    {
    }

    internal AesSha1Profile(EncryptionType type, AesEngine aes, HmacEngine hmac)
        : base(type, aes, hmac)
    {
        (KeyLength, ChecksumType) = type switch
        {
            EncryptionType.Aes128CtsHmacSha1 => (16, ChecksumType.HmacSha1Aes128),
            EncryptionType.Aes256CtsHmacSha1 => (32, ChecksumType.HmacSha1Aes256),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    public override int KeyLength { get; }

    public override int MacLength => 12;

    public override int PrfLength => AesEngine.BlockLength;

    public override ChecksumType ChecksumType { get; }

    public override int DefaultIterations => 4096;

    public override int BaseLength => ScheduleLength;

    public override bool KeepsBase => false;

    protected override int MacKeyLength => KeyLength;

    public override void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared) => Aes.ExpandForEncryption(key, prepared);

    public override void Derive(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived) =>
        KeyDerivation.Dk(Aes, keyBase, usage, kind, derived);

    public override void Seal(ReadOnlySpan<byte> material, Span<byte> message)
    {
        var text = message[..^MacLength];
        Hmac.Compute(material[ScheduleLength..], [], text, message[^MacLength..]);
        AesCts.Encrypt(Aes, material[..ScheduleLength], text);
    }

    public override bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened)
    {
        AesCts.Decrypt(Aes, material[..ScheduleLength], message[..^MacLength], opened);
        Span<byte> mac = stackalloc byte[MacLength];
        Hmac.Compute(material[ScheduleLength..], [], opened, mac);
        return CryptographicOperations.FixedTimeEquals(mac, message[^MacLength..]);
    }

    /// <summary>RFC 3961 section 5.3 with RFC 3962 section 6: SHA-1 cut to one block, encrypted with DK(key, "prf").</summary>
    public override void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> hash = stackalloc byte[Sha1Length];
        Hmac.Hash(input, hash);
        Span<byte> key = stackalloc byte[KeyLength];
        KeyDerivation.DkOfPrf(Aes, keyBase, key);
        Span<byte> schedule = stackalloc byte[ScheduleLength];
        Aes.ExpandForEncryption(key, schedule);
        hash[..AesEngine.BlockLength].CopyTo(output);
        AesCts.Encrypt(Aes, schedule, output);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(schedule);
    }

    /// <summary>RFC 3962 section 4.</summary>
    public override byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        Span<byte> intermediate = stackalloc byte[KeyLength];
        Span<byte> schedule = stackalloc byte[ScheduleLength];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, intermediate, iterations, HashAlgorithmName.SHA1);
        Aes.ExpandForEncryption(intermediate, schedule);
        var key = new byte[KeyLength];
        KeyDerivation.Dk(Aes, schedule, "kerberos"u8, key);
        CryptographicOperations.ZeroMemory(intermediate);
        CryptographicOperations.ZeroMemory(schedule);
        return key;
    }
}
