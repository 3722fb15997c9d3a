using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Primitives;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What the authorization header of a call comes to: no proof of ours, a proof to judge, or what is wrong with it.</summary>
internal readonly struct CallHeader
{
    /// <summary>What session, t, mic and the parameter names take at most.</summary>
    private const int OtherCharacters = 256;

    private CallHeader(AuthorizationValue? value, CallRefusal? refusal, InitialToken? wrapped = null)
    {
        Value = value;
        Refusal = refusal;
        Wrapped = wrapped;
    }

    public AuthorizationValue? Value { get; }

    /// <summary>What is wrong with a header of our scheme.</summary>
    public CallRefusal? Refusal { get; }

    /// <summary>Of Negotiate alone: how the token of the value came, and its answer goes.</summary>
    public InitialToken? Wrapped { get; }

    public static CallHeader Read(StringValues values, int maxTokenBytes, bool acceptNegotiate)
    {
        if (!HasOurs(values)) return acceptNegotiate && HasNegotiate(values) ? ReadNegotiate(values, maxTokenBytes) : default;
        if (values.Count > 1) return Refuse(KerberosError.TokenMalformed, "the header came more than once");
        var text = values.ToString();
        if (TooLong(text, maxTokenBytes) is { } tooLong) return tooLong;
        return AuthorizationValue.TryParse(text, out var value, out var problem) ? new CallHeader(value, null) : Refuse(KerberosError.TokenMalformed, problem);
    }

    /// <summary>The scheme word of a header that is not ours, for the message; null where there is none that can be shown.</summary>
    public static string? OtherScheme(StringValues values)
    {
        if (HasOurs(values) || values.Count == 0 || values[0] is not { } text) return null;
        var word = text.AsSpan().TrimStart();
        var end = word.IndexOf(' ');
        if (end > 0) word = word[..end];
        foreach (var c in word)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return null;
        }

        // Without a blank it may be a bare secret, put there by mistake: only what is plainly a scheme is shown.
        return word.Length is > 0 and <= 16 && (end > 0 || word.Length == text.Length) ? word.ToString() : null;
    }

    private static CallHeader ReadNegotiate(StringValues values, int maxTokenBytes)
    {
        if (values.Count > 1) return Refuse(KerberosError.TokenMalformed, "the header came more than once");
        var text = values.ToString();
        if (TooLong(text, maxTokenBytes + InitialToken.MaxOverhead) is { } tooLong) return tooLong;
        if (!NegotiateValue.TryParse(text, out var token, out var problem)) return Refuse(KerberosError.TokenMalformed, problem);
        if (!InitialToken.TryRead(token, out var wrapped, out problem)) return new(null, CallRefusal.Wrapping("Header", problem));
        return wrapped.Framing == TokenFraming.ApReq
            ? new(null, CallRefusal.Wrapping("Header", "it has no GSS-API frame. Next: send a bare KRB_AP_REQ as Kerberos token=, or what gss_init_sec_context made."))
            : new(new AuthorizationValue(null, wrapped.ApReq), null, wrapped);
    }

    /// <summary>Measured before it is decoded: what is refused for its size must not cost its size.</summary>
    private static CallHeader? TooLong(string text, int maxTokenBytes)
    {
        var limit = OtherCharacters + (((maxTokenBytes + 2L) / 3) * 4);
        return text.Length > limit ? Refuse(KerberosError.TokenTooLarge, $"the header has {text.Length} characters (limit {limit} for tokens of {maxTokenBytes} bytes)") : null;
    }

    private static CallHeader Refuse(KerberosError error, string problem) => new(null, CallRefusal.Of(error, "Header", $"authorization: {problem}"));

    private static bool HasNegotiate(StringValues values)
    {
        foreach (var value in values)
        {
            if (NegotiateValue.TryAfterScheme(value, out _)) return true;
        }

        return false;
    }

    private static bool HasOurs(StringValues values)
    {
        foreach (var value in values)
        {
            if (AuthParameters.TryAfterScheme(value, out _)) return true;
        }

        return false;
    }
}
