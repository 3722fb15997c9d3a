using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Random confounders. A call to the system's generator costs as much as sealing a message, so one call makes several.</summary>
internal static class ConfounderSource
{
    private const int Several = 16 * EncryptionProfile.LongestConfounder;

    [ThreadStatic]
    private static byte[]? _ready;

    [ThreadStatic]
    private static int _left;

    /// <summary>Fills in a confounder that nobody else gets, and forgets it.</summary>
    public static void Fill(Span<byte> confounder)
    {
        var ready = _ready ??= new byte[Several];
        if (_left < confounder.Length)
        {
            RandomNumberGenerator.Fill(ready);
            _left = ready.Length;
        }
        _left -= confounder.Length;
        var taken = ready.AsSpan(_left, confounder.Length);
        taken.CopyTo(confounder);
        CryptographicOperations.ZeroMemory(taken);
    }
}
