namespace GrpcKerberos.Protocol.Crypto;

/// <summary>RFC 3961 section 5.1: stretches or shrinks a string of octets to a given length.</summary>
internal static class NFold
{
    /// <summary>
    /// The input is repeated up to the least common multiple of both lengths, each copy rotated 13 bits further to the
    /// right, and the pieces of the output's length are added with end-around carry.
    /// </summary>
    public static void Fold(ReadOnlySpan<byte> input, Span<byte> output)
    {
        output.Clear();
        var total = LeastCommonMultiple(input.Length, output.Length);
        var carry = 0;
        for (var i = total - 1; i >= 0; i--)
        {
            ref var digit = ref output[i % output.Length];
            carry += digit + RotatedOctet(input, i);
            digit = (byte)carry;
            carry >>= 8;
        }
        for (var i = output.Length - 1; carry != 0; i = (i == 0 ? output.Length : i) - 1)
        {
            carry += output[i];
            output[i] = (byte)carry;
            carry >>= 8;
        }
    }

    /// <summary>Octet <paramref name="index"/> of the endless row of rotated copies.</summary>
    private static int RotatedOctet(ReadOnlySpan<byte> input, int index)
    {
        var bits = input.Length * 8;
        var rotation = (int)(13L * (index / input.Length) % bits);
        var firstBit = ((index % input.Length * 8) - rotation + bits) % bits;
        var high = input[firstBit / 8];
        var low = input[((firstBit / 8) + 1) % input.Length];
        return (((high << 8) | low) >> (8 - (firstBit % 8))) & 0xFF;
    }

    private static int LeastCommonMultiple(int a, int b)
    {
        var (x, y) = (a, b);
        while (y != 0)
            (x, y) = (y, x % y);
        return a / x * b;
    }
}
