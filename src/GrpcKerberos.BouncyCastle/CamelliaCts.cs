using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace GrpcKerberos.BouncyCastle;

/// <summary>Camellia in CBC with ciphertext stealing as RFC 3962 section 5 has it: zero IV, the last two blocks always exchanged.</summary>
internal static class CamelliaCts
{
    public const int Block = 16;

    /// <summary>Encrypts in place. At least one block; one block alone is plain CBC.</summary>
    public static void Encrypt(byte[] key, byte[] data)
    {
        var camellia = Start(key, forEncryption: true);
        var tail = TailLength(data.Length);
        var previous = new byte[Block];
        for (var at = 0; at < data.Length - tail; at += Block)
        {
            Xor(data, at, previous, 0, Block);
            camellia.ProcessBlock(data, at, data, at);
            Array.Copy(data, at, previous, 0, Block);
        }

        var last = new byte[Block];
        Array.Copy(data, data.Length - tail, last, 0, tail);
        Xor(last, 0, previous, 0, Block);
        camellia.ProcessBlock(last, 0, last, 0);
        if (data.Length > tail)
        {
            Array.Copy(previous, 0, data, data.Length - tail, tail);
            Array.Copy(last, 0, data, data.Length - tail - Block, Block);
        }
        else
        {
            Array.Copy(last, data, Block);
        }
    }

    /// <summary>Decrypts in place, at least one block.</summary>
    public static void Decrypt(byte[] key, byte[] data)
    {
        var camellia = Start(key, forEncryption: false);
        var tail = TailLength(data.Length);
        var exchanged = data.Length - tail - Block;
        var previous = new byte[Block];
        for (var at = 0; at < Math.Max(exchanged, tail == data.Length ? Block : 0); at += Block)
        {
            var cipher = data.AsSpan(at, Block).ToArray();
            camellia.ProcessBlock(data, at, data, at);
            Xor(data, at, previous, 0, Block);
            previous = cipher;
        }

        if (exchanged < 0) return;
        var last = new byte[Block];
        camellia.ProcessBlock(data, exchanged, last, 0);
        // Beyond the tail the plaintext was zeros, so what stands there now is the rest of the stolen block.
        var stolen = last.AsSpan().ToArray();
        Array.Copy(data, exchanged + Block, stolen, 0, tail);
        Xor(last, 0, stolen, 0, tail);
        Array.Copy(last, 0, data, exchanged + Block, tail);
        camellia.ProcessBlock(stolen, 0, data, exchanged);
        Xor(data, exchanged, previous, 0, Block);
        Array.Clear(last);
    }

    private static CamelliaEngine Start(byte[] key, bool forEncryption)
    {
        var camellia = new CamelliaEngine();
        camellia.Init(forEncryption, new KeyParameter(key));
        return camellia;
    }

    private static void Xor(byte[] data, int at, byte[] with, int withAt, int length)
    {
        for (var i = 0; i < length; i++) data[at + i] ^= with[withAt + i];
    }

    /// <summary>The length of the last block, 1 to 16.</summary>
    private static int TailLength(int length) => ((length - 1) % Block) + 1;
}
