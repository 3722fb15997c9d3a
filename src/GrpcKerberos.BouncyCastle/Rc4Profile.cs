using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;
using BouncyDigest = Org.BouncyCastle.Crypto.IDigest;
using BouncySha1 = Org.BouncyCastle.Crypto.Digests.Sha1Digest;

namespace GrpcKerberos.BouncyCastle;

/// <summary>rc4-hmac (RFC 4757): an HMAC-MD5 first, then 8 octets of confounder and the plaintext under a key made from it.</summary>
/// <remarks>
/// The base is the key itself. Sealing material is K1 of the usage and K1 of the other number the usage goes by; checksum material
/// is the signing key and the usage. The export variant (24) has no profile: 40 bits of key protect nothing.
/// </remarks>
internal sealed class Rc4Profile() : EncryptionProfile(EncryptionType.Rc4Hmac, confounderLength: 8, isMacFirst: true, isNewer: false)
{
    private const int Key = 16;
    private const int Sha1 = 20;

    public override int KeyLength => Key;

    public override int MacLength => Key;

    public override int PrfLength => Sha1;

    public override ChecksumType ChecksumType => ChecksumType.HmacMd5;

    public override int DefaultIterations => 0;

    public override int BaseLength => Key;

    public override bool KeepsBase => false;

    public override int ChecksumMaterialLength => Key + sizeof(int);

    public override int SealingMaterialLength => 2 * Key;

    public override void PrepareBase(ReadOnlySpan<byte> key, Span<byte> prepared) => key.CopyTo(prepared);

    public override void PrepareSealing(ReadOnlySpan<byte> keyBase, KeyUsage usage, bool forOpening, Span<byte> material)
    {
        var (number, other) = Numbers(usage);
        MakeK1(keyBase, number, material[..Key]);
        MakeK1(keyBase, other, material[Key..]);
    }

    /// <summary>RFC 4757 section 4: Ksign = HMAC-MD5(K, "signaturekey" and a zero octet).</summary>
    public override void PrepareChecksum(ReadOnlySpan<byte> keyBase, KeyUsage usage, Span<byte> material)
    {
        Hmac(new MD5Digest(), keyBase, "signaturekey\0"u8, material[..Key]);
        BinaryPrimitives.WriteInt32LittleEndian(material[Key..], Numbers(usage).Number);
    }

    public override void Sign(ReadOnlySpan<byte> checksumMaterial, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        Span<byte> hash = stackalloc byte[Key];
        Hash(new MD5Digest(), [.. checksumMaterial[Key..], .. data], hash);
        Hmac(new MD5Digest(), checksumMaterial[..Key], hash, mac);
    }

    public override void Seal(ReadOnlySpan<byte> material, Span<byte> message)
    {
        var k1 = material[..Key];
        Hmac(new MD5Digest(), k1, message[Key..], message[..Key]);
        Crypt(k1, message[..Key], message[Key..], message[Key..]);
    }

    public override bool Open(ReadOnlySpan<byte> material, ReadOnlySpan<byte> message, Span<byte> opened) =>
        OpenBy(material[..Key], message, opened)
        || (!CryptographicOperations.FixedTimeEquals(material[..Key], material[Key..]) && OpenBy(material[Key..], message, opened));

    /// <summary>No standard has one; MIT's is HMAC-SHA1 of the input.</summary>
    public override void Prf(ReadOnlySpan<byte> keyBase, ReadOnlySpan<byte> input, Span<byte> output) => Hmac(new BouncySha1(), keyBase, input, output);

    /// <summary>RFC 4757 section 2: MD4 of the password in UTF-16, little-endian. There is no salt.</summary>
    public override byte[] StringToKey(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations)
    {
        var text = Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(password));
        var key = new byte[Key];
        Hash(new MD4Digest(), text, key);
        CryptographicOperations.ZeroMemory(text);
        return key;
    }

    /// <summary>
    /// The number a usage goes by here (RFC 4757 section 3), and another that is taken too. The RFC seals a TGS-REP by 8 whatever the
    /// key; Windows and MIT krb5 seal with 9 where it is the subkey, and MIT takes both.
    /// </summary>
    private static (int Number, int Other) Numbers(KeyUsage usage) => usage switch
    {
        KeyUsage.AsRepEncPart => (8, 8),
        KeyUsage.TgsRepEncPartSubkey => (9, 8),
        KeyUsage.AcceptorMic => (13, 13),
        _ => ((int)usage, (int)usage),
    };

    private static void MakeK1(ReadOnlySpan<byte> key, int usage, Span<byte> k1)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, usage);
        Hmac(new MD5Digest(), key, number, k1);
    }

    private static bool OpenBy(ReadOnlySpan<byte> k1, ReadOnlySpan<byte> message, Span<byte> opened)
    {
        Crypt(k1, message[..Key], message[Key..], opened);
        Span<byte> mac = stackalloc byte[Key];
        Hmac(new MD5Digest(), k1, opened, mac);
        return CryptographicOperations.FixedTimeEquals(mac, message[..Key]);
    }

    /// <summary>RC4 under K3 = HMAC-MD5(K1, the message's MAC).</summary>
    private static void Crypt(ReadOnlySpan<byte> k1, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var k3 = new byte[Key];
        Hmac(new MD5Digest(), k1, mac, k3);
        var text = source.ToArray();
        var rc4 = new RC4Engine();
        rc4.Init(forEncryption: true, new KeyParameter(k3));
        rc4.ProcessBytes(text, 0, text.Length, text, 0);
        text.CopyTo(destination);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(k3);
    }

    private static void Hmac(BouncyDigest digest, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        var hmac = new HMac(digest);
        hmac.Init(new KeyParameter(key.ToArray()));
        var input = data.ToArray();
        hmac.BlockUpdate(input, 0, input.Length);
        var whole = new byte[hmac.GetMacSize()];
        hmac.DoFinal(whole, 0);
        whole.AsSpan(0, mac.Length).CopyTo(mac);
        CryptographicOperations.ZeroMemory(input);
    }

    private static void Hash(BouncyDigest digest, byte[] data, Span<byte> hash)
    {
        digest.BlockUpdate(data, 0, data.Length);
        var whole = new byte[digest.GetDigestSize()];
        digest.DoFinal(whole, 0);
        whole.CopyTo(hash);
    }
}
