using System.Text;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>The names read last. Realms, services and clients come again with every message, and most need no string of their own.</summary>
/// <remarks>A place is chosen by a hash with a seed of the process, and the newest text takes it; so a peer can fill the table, and gains nothing.</remarks>
internal static class KnownText
{
    private const int Places = 1024;
    private const int MaxLength = 64;

    private static readonly string?[] s_known = new string?[Places];

    /// <summary>The text of these octets; null where it was not read lately, is long, or is more than ASCII.</summary>
    public static string? Find(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > MaxLength) return null;
        Span<char> text = stackalloc char[MaxLength];
        if (Encoding.ASCII.GetChars(octets, text) != octets.Length) return null;
        var known = Volatile.Read(ref PlaceOf(text[..octets.Length]));
        return known is not null && Ascii.Equals(octets, known) ? known : null;
    }

    /// <summary>Keeps a text that was not found; gives it back.</summary>
    public static string Keep(string text)
    {
        if (text.Length <= MaxLength && Ascii.IsValid(text)) Volatile.Write(ref PlaceOf(text), text);
        return text;
    }

    private static ref string? PlaceOf(ReadOnlySpan<char> text) => ref s_known[(uint)string.GetHashCode(text) % Places];
}
