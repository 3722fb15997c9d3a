using System.Buffers;
using System.Buffers.Binary;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>How keys are made from keys: DK of RFC 3961 section 5.1, and KDF-HMAC-SHA2 of RFC 8009 section 3.</summary>
internal static class KeyDerivation
{
    /// <summary>A key usage (4 octets, big-endian) and the kind of key.</summary>
    public const int ConstantLength = 5;

    /// <summary>Room on the stack for a context; only that of the PRF is longer, where a ticket holds a PAC.</summary>
    private const int StackLimit = 1024;

    /// <summary>Usages below this have their folded constants ready; the protocol needs none above 25.</summary>
    private const int PreparedUsages = 32;

    private static readonly byte[] FoldedConstants = FoldAll();
    private static readonly byte[] FoldedPrf = Fold("prf"u8);

    public static void WriteConstant(KeyUsage usage, DerivedKeyKind kind, Span<byte> constant)
    {
        BinaryPrimitives.WriteInt32BigEndian(constant, (int)usage);
        constant[4] = (byte)kind;
    }

    /// <summary>DK for a key of a usage. The schedule is the encryption schedule of the key derived from.</summary>
    public static void Dk(AesEngine aes, ReadOnlySpan<byte> schedule, KeyUsage usage, DerivedKeyKind kind, Span<byte> derived)
    {
        if ((uint)usage < PreparedUsages)
        {
            DkOfFolded(aes, schedule, FoldedConstants.AsSpan(FoldedAt((int)usage, kind), AesEngine.BlockLength), derived);
            return;
        }
        Span<byte> constant = stackalloc byte[ConstantLength];
        WriteConstant(usage, kind, constant);
        Dk(aes, schedule, constant, derived);
    }

    /// <summary>DK for the constant "prf" (RFC 3962 section 6).</summary>
    public static void DkOfPrf(AesEngine aes, ReadOnlySpan<byte> schedule, Span<byte> derived) => DkOfFolded(aes, schedule, FoldedPrf, derived);

    /// <summary>DK for any constant.</summary>
    public static void Dk(AesEngine aes, ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> constant, Span<byte> derived)
    {
        Span<byte> folded = stackalloc byte[AesEngine.BlockLength];
        NFold.Fold(constant, folded);
        DkOfFolded(aes, schedule, folded, derived);
    }

    /// <summary>KDF-HMAC-SHA2: one HMAC over counter, label, zero, context and the length in bits; never more than one is needed.</summary>
    public static void KdfHmac(
        HmacEngine hmac, ReadOnlySpan<byte> prepared, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> derived)
    {
        Span<byte> head = stackalloc byte[32];
        head.Clear();
        head[3] = 1;
        label.CopyTo(head[4..]);
        head = head[..(4 + label.Length + 1)];
        Span<byte> bits = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bits, derived.Length * 8);
        if (context.IsEmpty)
        {
            hmac.Compute(prepared, head, bits, derived);
            return;
        }
        var length = context.Length + bits.Length;
        var borrowed = length <= StackLimit ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> rest = borrowed ?? stackalloc byte[StackLimit];
        rest = rest[..length];
        context.CopyTo(rest);
        bits.CopyTo(rest[context.Length..]);
        hmac.Compute(prepared, head, rest, derived);
        if (borrowed is not null) ArrayPool<byte>.Shared.Return(borrowed, clearArray: true);
    }

    /// <summary>DR: the folded constant encrypted again and again, as many blocks as the key needs. Random-to-key changes nothing for AES.</summary>
    private static void DkOfFolded(AesEngine aes, ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> folded, Span<byte> derived)
    {
        var previous = folded;
        for (var at = 0; at < derived.Length; at += AesEngine.BlockLength)
        {
            var block = derived.Slice(at, AesEngine.BlockLength);
            aes.EncryptCbc(schedule, AesEngine.ZeroIv, previous, block);
            previous = block;
        }
    }

    private static byte[] Fold(ReadOnlySpan<byte> constant)
    {
        var folded = new byte[AesEngine.BlockLength];
        NFold.Fold(constant, folded);
        return folded;
    }

    private static byte[] FoldAll()
    {
        var folded = new byte[PreparedUsages * 3 * AesEngine.BlockLength];
        Span<byte> constant = stackalloc byte[ConstantLength];
        for (var usage = 0; usage < PreparedUsages; usage++)
        {
            foreach (var kind in Enum.GetValues<DerivedKeyKind>())
            {
                WriteConstant((KeyUsage)usage, kind, constant);
                NFold.Fold(constant, folded.AsSpan(FoldedAt(usage, kind), AesEngine.BlockLength));
            }
        }
        return folded;
    }

    private static int FoldedAt(int usage, DerivedKeyKind kind)
    {
        var column = kind switch { DerivedKeyKind.Checksum => 0, DerivedKeyKind.Encryption => 1, _ => 2 };
        return ((usage * 3) + column) * AesEngine.BlockLength;
    }
}
