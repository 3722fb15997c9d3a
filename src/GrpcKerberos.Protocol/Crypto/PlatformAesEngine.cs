using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>AES of the platform, for processors without AES instructions. The schedule is the key itself.</summary>
internal sealed class PlatformAesEngine : AesEngine
{
    public override int ScheduleLength(int keyLength) => keyLength;

    public override void ExpandForEncryption(ReadOnlySpan<byte> key, Span<byte> schedule) => key.CopyTo(schedule);

    public override void ExpandForDecryption(ReadOnlySpan<byte> key, Span<byte> schedule) => key.CopyTo(schedule);

    public override void EncryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var aes = WithKey(schedule);
        aes.EncryptCbc(source, iv, destination, PaddingMode.None);
    }

    public override void DecryptCbc(
        ReadOnlySpan<byte> schedule, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var aes = WithKey(schedule);
        aes.DecryptCbc(source, iv, destination, PaddingMode.None);
    }

    private static Aes WithKey(ReadOnlySpan<byte> key)
    {
        var aes = Aes.Create();
        aes.SetKey(key);
        return aes;
    }
}
