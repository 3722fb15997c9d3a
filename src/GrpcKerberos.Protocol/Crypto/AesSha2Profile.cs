using System.Security.Cryptography;
using System.Text;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009): MAC over the first cipher state and the cipher text.</summary>
/// <remarks>The base is the prepared HMAC key that KDF-HMAC-SHA2 uses for every derived key.</remarks>
internal sealed class AesSha2Profile : AesProfile
{
    private readonly HashAlgorithmName _hash;

    public AesSha2Profile(EncryptionType type)
        : this(type, AesEngine.Default, QuickestHmac(type))
    {
    }

    internal AesSha2Profile(EncryptionType type, AesEngine aes, HmacEngine hmac)
        : base(type, aes, hmac)
    {
        _hash = HashOf(type);
        (KeyLength, MacLength, PrfLength, ChecksumType) = type == EncryptionType.Aes128CtsHmacSha256
            ? (16, 16, 32, ChecksumType.HmacSha256Aes128)
            : (32, 24, 48, ChecksumType.HmacSha384Aes256);
    }

    public override int KeyLength { get; }

    public override int MacLength { get; }

    public override int PrfLength { get; }

    public override ChecksumType ChecksumType { get; }

    public override int DefaultIterations => 32768;

    public override int BaseLength => Hmac.PreparedLength(KeyLength);

    public override bool KeepsBase => true;

    protected override int MacKeyLength => MacLength;

    public override void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared) => Hmac.Prepare(key, prepared);

    public override void Derive(ReadOnlySpan<byte> keyBase, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived)
    {
        Span<byte> label = stackalloc byte[KeyDerivation.ConstantLength];
        KeyDerivation.WriteConstant(usage, kind, label);
        KeyDerivation.KdfHmac(Hmac, keyBase, label, [], derived);
    }

    public override void Seal(ReadOnlySpan<byte> material, Span<byte> message)
    {
        var text = message[..^MacLength];
        AesCts.Encrypt(Aes, material[..ScheduleLength], text);
        Hmac.Compute(material[ScheduleLength..], AesEngine.ZeroIv, text, message[^MacLength..]);
    }

    public override bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened)
    {
        var cipher = message[..^MacLength];
        Span<byte> mac = stackalloc byte[MacLength];
        Hmac.Compute(material[ScheduleLength..], AesEngine.ZeroIv, cipher, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, message[^MacLength..])) return false;
        AesCts.Decrypt(Aes, material[..ScheduleLength], cipher, opened);
        return true;
    }

    /// <summary>RFC 8009 section 5: KDF-HMAC-SHA2(key, "prf", input).</summary>
    public override void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output) =>
        KeyDerivation.KdfHmac(Hmac, keyBase, "prf"u8, input, output);

    /// <summary>RFC 8009 section 4: the salt begins with the name of the encryption type and a zero octet.</summary>
    public override byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        byte[] namedSalt = [.. Encoding.ASCII.GetBytes(Type.ToMitName()), 0, .. salt];
        Span<byte> intermediate = stackalloc byte[KeyLength];
        Span<byte> prepared = stackalloc byte[BaseLength];
        Rfc2898DeriveBytes.Pbkdf2(password, namedSalt, intermediate, iterations, _hash);
        Hmac.Prepare(intermediate, prepared);
        var key = new byte[KeyLength];
        KeyDerivation.KdfHmac(Hmac, prepared, "kerberos"u8, [], key);
        CryptographicOperations.ZeroMemory(intermediate);
        CryptographicOperations.ZeroMemory(prepared);
        return key;
    }

    private static HmacEngine QuickestHmac(EncryptionType type) => type == EncryptionType.Aes128CtsHmacSha256
        ? HmacEngine.Quickest<Sha256Digest>(HashAlgorithmName.SHA256)
        : HmacEngine.Quickest<Sha384Digest>(HashAlgorithmName.SHA384);

    private static HashAlgorithmName HashOf(EncryptionType type) => type switch
    {
        EncryptionType.Aes128CtsHmacSha256 => HashAlgorithmName.SHA256,
        EncryptionType.Aes256CtsHmacSha384 => HashAlgorithmName.SHA384,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
