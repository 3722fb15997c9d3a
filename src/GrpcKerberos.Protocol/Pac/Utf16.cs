using System.Text;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>Names in a PAC: UTF-16, little-endian. Half a character is refused, since all of them would be one text.</summary>
internal static class Utf16
{
    private static readonly UnicodeEncoding s_strict = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);

    public static string Read(ReadOnlySpan<byte> octets, string what)
    {
        try
        {
            return s_strict.GetString(octets);
        }
        catch (DecoderFallbackException e)
        {
            throw PacException.Malformed($"{what} is not UTF-16", e);
        }
    }
}
