using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>CBC with ciphertext stealing as RFC 3962 section 5 has it: zero IV, the last two blocks always exchanged.</summary>
internal static class AesCts
{
    private const int Block = AesEngine.BlockLength;

    /// <summary>Encrypts in place. At least one block; one block alone is plain CBC.</summary>
    public static void Encrypt(AesEngine aes, ReadOnlySpan<byte> schedule, Span<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(data.Length, Block);
        var tail = TailLength(data.Length);
        var whole = data[..^tail];
        if (whole.IsEmpty)
        {
            aes.EncryptCbc(schedule, AesEngine.ZeroIv, data, data);
            return;
        }
        aes.EncryptCbc(schedule, AesEngine.ZeroIv, whole, whole);
        Span<byte> last = stackalloc byte[Block];
        last.Clear();
        data[^tail..].CopyTo(last);
        var stolen = whole[^Block..];
        aes.EncryptCbc(schedule, stolen, last, last);
        stolen[..tail].CopyTo(data[^tail..]);
        last.CopyTo(stolen);
    }

    /// <summary>Decrypts; source and destination are of one length, at least one block, and may be the same memory.</summary>
    public static void Decrypt(AesEngine aes, ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, Block);
        var tail = TailLength(source.Length);
        if (source.Length == tail)
        {
            aes.DecryptCbc(schedule, AesEngine.ZeroIv, source, destination);
            return;
        }
        var exchanged = source.Length - tail - Block;
        Span<byte> iv = stackalloc byte[Block];
        (exchanged == 0 ? AesEngine.ZeroIv : source.Slice(exchanged - Block, Block)).CopyTo(iv);
        Span<byte> stolen = stackalloc byte[Block];
        stolen.Clear();
        source[^tail..].CopyTo(stolen);
        Span<byte> last = stackalloc byte[Block];
        aes.DecryptCbc(schedule, stolen, source.Slice(exchanged, Block), last);
        // Beyond the tail the plaintext was zeros, so what stands there now is the rest of the stolen block.
        last[tail..].CopyTo(stolen[tail..]);
        aes.DecryptCbc(schedule, AesEngine.ZeroIv, source[..exchanged], destination);
        aes.DecryptCbc(schedule, iv, stolen, destination.Slice(exchanged, Block));
        last[..tail].CopyTo(destination[^tail..]);
        CryptographicOperations.ZeroMemory(last);
    }

    /// <summary>The length of the last block, 1 to 16.</summary>
    private static int TailLength(int length) => ((length - 1) % Block) + 1;
}
