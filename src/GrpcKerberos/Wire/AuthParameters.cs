using System.Buffers;
using System.Buffers.Text;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Wire;

/// <summary>Reads the <c>name=value, name=value</c> part of our three header values. Values are tokens of RFC 9110 section 5.6.2.</summary>
internal ref struct AuthParameters(ReadOnlySpan<char> text)
{
    private static readonly SearchValues<char> s_tokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest = text;

    /// <summary>The parameters behind the scheme word; false where another scheme, or nothing, stands there.</summary>
    public static bool TryAfterScheme(ReadOnlySpan<char> value, out AuthParameters parameters)
    {
        parameters = default;
        if (!value.StartsWith(KerberosMetadata.Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var rest = value[KerberosMetadata.Scheme.Length..];
        if (!rest.IsEmpty && rest[0] != ' ') return false;
        parameters = new AuthParameters(rest);
        return true;
    }

    /// <summary>Null at the end, false where the text breaks the grammar.</summary>
    public bool? TryRead(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        _rest = _rest.Trim(' ');
        if (_rest.IsEmpty) return null;
        var end = _rest.IndexOf(',');
        var pair = (end < 0 ? _rest : _rest[..end]).TrimEnd(' ');
        _rest = end < 0 ? default : _rest[(end + 1)..];
        if (end >= 0 && _rest.Trim(' ').IsEmpty) return false;
        var equals = pair.IndexOf('=');
        if (equals <= 0) return false;
        name = pair[..equals];
        value = pair[(equals + 1)..];
        return !name.ContainsAnyExcept(s_tokenCharacters) && !value.IsEmpty && !value.ContainsAnyExcept(s_tokenCharacters);
    }

    /// <summary>A session's id, into a field that has no value yet.</summary>
    public static bool TrySet(ref SessionId? field, ReadOnlySpan<char> value)
    {
        Span<byte> octets = stackalloc byte[SessionId.Length];
        if (field is not null || !TryDecode(value, octets, out var length) || !SessionId.TryRead(octets[..length], out var id)) return false;
        field = id;
        return true;
    }

    /// <summary>A MIC token, into a field that has no value yet. Whether it is one is for the keys to say.</summary>
    public static bool TrySet(ref Mic? field, ReadOnlySpan<char> value)
    {
        Span<byte> octets = stackalloc byte[Mic.MaxLength];
        if (field is not null || !TryDecode(value, octets, out var length) || length <= MicToken.HeaderLength) return false;
        field = new Mic(octets[..length]);
        return true;
    }

    /// <summary>base64url without padding (RFC 4648 section 5), into a field that has no value yet: a repeated parameter is refused.</summary>
    public static bool TrySet(ref byte[]? field, ReadOnlySpan<char> value)
    {
        if (field is not null) return false;
        var octets = new byte[Base64Url.GetMaxDecodedLength(value.Length)];
        if (!TryDecode(value, octets, out var length)) return false;
        field = length == octets.Length ? octets : octets[..length];
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> octets, out int length)
    {
        length = 0;
        // The Try… form of this throws on text that is not base64url: hostile text must only ever be refused.
        return !text.Contains('=') && Base64Url.DecodeFromChars(text, octets, out _, out length) == OperationStatus.Done;
    }
}
