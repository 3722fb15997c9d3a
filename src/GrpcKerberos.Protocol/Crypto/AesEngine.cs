namespace GrpcKerberos.Protocol.Crypto;

/// <summary>AES over whole blocks in CBC mode, with a key that was expanded once and is kept as plain bytes.</summary>
/// <remarks>
/// An AES object of OpenSSL costs one to three microseconds a call whatever the length, and a Kerberos message needs
/// several calls over a few blocks. The processor's AES instructions do the same work in a tenth of that.
/// </remarks>
internal abstract class AesEngine
{
    public const int BlockLength = 16;

    private static readonly byte[] Zeros = new byte[BlockLength];

    /// <summary>The cipher state every message here begins with.</summary>
    public static ReadOnlySpan<byte> ZeroIv => Zeros;

    /// <summary>The quickest engine of this processor.</summary>
    public static AesEngine Default { get; } = Choose();

    /// <summary>How many bytes an expanded key takes, for a key of 16 or 32 bytes.</summary>
    public abstract int ScheduleLength(int keyLength);

    public abstract void ExpandForEncryption(ReadOnlySpan<byte> key, Span<byte> schedule);

    public abstract void ExpandForDecryption(ReadOnlySpan<byte> key, Span<byte> schedule);

    /// <summary>Encrypts whole blocks; source and destination may be the same memory, but not overlap otherwise.</summary>
    public abstract void EncryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Decrypts whole blocks; source and destination may be the same memory, but not overlap otherwise.</summary>
    public abstract void DecryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination);

    private static AesEngine Choose()
    {
        if (AesInstructionsX86.IsSupported) return new IntrinsicAesEngine<AesInstructionsX86>();
        if (AesInstructionsArm.IsSupported) return new IntrinsicAesEngine<AesInstructionsArm>();
        return new PlatformAesEngine();
    }
}
