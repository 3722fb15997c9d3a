using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.BouncyCastle;

/// <summary>camellia128-cts-cmac and camellia256-cts-cmac (RFC 6803): a CMAC over the plaintext, every key derived by KDF-FEEDBACK-CMAC.</summary>
/// <remarks>The base is the key itself; the sealing material is Ke and Ki.</remarks>
internal sealed class CamelliaProfile : EncryptionProfile
{
    private const int ConstantLength = 5;

    public CamelliaProfile(EncryptionType type)
        : base(type) => (KeyLength, ChecksumType) = type switch
        {
            EncryptionType.Camellia128CtsCmac => (16, ChecksumType.CmacCamellia128),
            EncryptionType.Camellia256CtsCmac => (32, ChecksumType.CmacCamellia256),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };

    public override int KeyLength { get; }

    public override int MacLength => CamelliaKdf.MacLength;

    public override int PrfLength => CamelliaKdf.MacLength;

    public override ChecksumType ChecksumType { get; }

    public override int DefaultIterations => 32768;

    public override int BaseLength => KeyLength;

    public override bool KeepsBase => false;

    public override int ChecksumMaterialLength => KeyLength;

    public override int SealingMaterialLength => 2 * KeyLength;

    public override void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared) => key.CopyTo(prepared);

    public override void PrepareSealing(ReadOnlySpan<byte> keyBase, KeyUsage usage, bool forOpening, Span<byte> material)
    {
        Derive(keyBase, usage, DerivedKeyKind.Encryption, material[..KeyLength]);
        Derive(keyBase, usage, DerivedKeyKind.Integrity, material[KeyLength..]);
    }

    public override void PrepareChecksum(ReadOnlySpan<byte> keyBase, KeyUsage usage, Span<byte> material) =>
        Derive(keyBase, usage, DerivedKeyKind.Checksum, material);

    public override void Sign(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, Span<byte> mac) =>
        CamelliaKdf.Mac(checksumMaterial, data, mac);

    public override void Seal(ReadOnlySpan<byte> material, Span<byte> message)
    {
        var text = message[..^MacLength].ToArray();
        CamelliaKdf.Mac(material[KeyLength..], text, message[^MacLength..]);
        CamelliaCts.Encrypt(material[..KeyLength].ToArray(), text);
        text.CopyTo(message);
    }

    public override bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened)
    {
        var text = message[..^MacLength].ToArray();
        CamelliaCts.Decrypt(material[..KeyLength].ToArray(), text);
        text.CopyTo(opened);
        CryptographicOperations.ZeroMemory(text);
        Span<byte> mac = stackalloc byte[MacLength];
        CamelliaKdf.Mac(material[KeyLength..], opened, mac);
        return CryptographicOperations.FixedTimeEquals(mac, message[^MacLength..]);
    }

    /// <summary>RFC 6803 section 6: CMAC under the key derived for "prf".</summary>
    public override void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        CamelliaKdf.Derive(keyBase, "prf"u8, key);
        CamelliaKdf.Mac(key, input, output);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>RFC 6803 section 4: the salt begins with the name of the encryption type and a zero octet.</summary>
    public override byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        byte[] namedSalt = [.. Encoding.ASCII.GetBytes(Type.ToMitName()), 0, .. salt];
        Span<byte> intermediate = stackalloc byte[KeyLength];
        Rfc2898DeriveBytes.Pbkdf2(password, namedSalt, intermediate, iterations, HashAlgorithmName.SHA1);
        var key = new byte[KeyLength];
        CamelliaKdf.Derive(intermediate, "kerberos"u8, key);
        CryptographicOperations.ZeroMemory(intermediate);
        return key;
    }

    /// <summary>Kc, Ke or Ki of a usage.</summary>
    internal static void Derive(ReadOnlySpan<byte> key, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived)
    {
        Span<byte> constant = stackalloc byte[ConstantLength];
        BinaryPrimitives.WriteInt32BigEndian(constant, (int)usage);
        constant[^1] = (byte)kind;
        CamelliaKdf.Derive(key, constant, derived);
    }
}
