using System.Runtime.Intrinsics;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>The AES instructions of one processor family, in the shape of the x86 ones (round key added last).</summary>
internal interface IAesInstructions
{
    static abstract bool IsSupported { get; }

    /// <summary>ShiftRows, SubBytes, MixColumns, AddRoundKey.</summary>
    static abstract Vector128<byte> Encrypt(Vector128<byte> state, Vector128<byte> roundKey);

    /// <summary>ShiftRows, SubBytes, AddRoundKey.</summary>
    static abstract Vector128<byte> EncryptLast(Vector128<byte> state, Vector128<byte> roundKey);

    /// <summary>The inverse round of the equivalent inverse cipher (FIPS 197 section 5.3.5).</summary>
    static abstract Vector128<byte> Decrypt(Vector128<byte> state, Vector128<byte> roundKey);

    /// <summary>The last inverse round, which mixes no columns.</summary>
    static abstract Vector128<byte> DecryptLast(Vector128<byte> state, Vector128<byte> roundKey);

    static abstract Vector128<byte> InverseMixColumns(Vector128<byte> roundKey);
}
