using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Tool.Decode;

/// <summary>Octets as people copy them: base64, base64url, hexadecimal, over one line or more.</summary>
internal static class Octets
{
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool TryRead(string text, [NotNullWhen(true)] out byte[]? octets)
    {
        var plain = string.Concat(text.Where(static c => !char.IsWhiteSpace(c)));
        octets = null;
        if (plain.Length == 0) return false;
        // Base64 of a frame or of a KRB message begins with Y, b or f and a letter that is no hexadecimal digit, or with o and such.
        if (plain.Length % 2 == 0 && plain.Length >= 4 && !plain.AsSpan().ContainsAnyExcept(s_hexadecimal))
        {
            octets = Convert.FromHexString(plain);
            return true;
        }

        var url = plain.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var room = new byte[Base64Url.GetMaxDecodedLength(url.Length)];
        if (Base64Url.DecodeFromChars(url, room, out _, out var length) != OperationStatus.Done) return false;
        octets = room[..length];
        return true;
    }
}
