using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace GrpcKerberos.BouncyCastle;

/// <summary>CMAC over Camellia, and KDF-FEEDBACK-CMAC of RFC 6803 section 3.</summary>
internal static class CamelliaKdf
{
    public const int MacLength = 16;

    public static void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        var input = data.ToArray();
        Mac(key.ToArray(), input).CopyTo(mac);
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>K(i) = CMAC(key, K(i-1) | i | constant | 0 | bits): as many as the derived key needs. Random-to-key changes nothing.</summary>
    public static void Derive(ReadOnlySpan<byte> key, ReadOnlySpan<byte> constant, Span<byte> derived)
    {
        var input = new byte[MacLength + sizeof(int) + constant.Length + 1 + sizeof(int)];
        constant.CopyTo(input.AsSpan(MacLength + sizeof(int)));
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(input.Length - sizeof(int)), derived.Length * 8);
        var secret = key.ToArray();
        for (var (at, i) = (0, 1); at < derived.Length; at += MacLength, i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(MacLength), i);
            var block = Mac(secret, input);
            block.AsSpan(0, Math.Min(MacLength, derived.Length - at)).CopyTo(derived[at..]);
            block.CopyTo(input, 0);
            CryptographicOperations.ZeroMemory(block);
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(secret);
    }

    private static byte[] Mac(byte[] key, byte[] input)
    {
        var cmac = new CMac(new CamelliaEngine());
        cmac.Init(new KeyParameter(key));
        cmac.BlockUpdate(input, 0, input.Length);
        var mac = new byte[MacLength];
        cmac.DoFinal(mac, 0);
        return mac;
    }
}
