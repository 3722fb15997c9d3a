using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Wire;

/// <summary>The request's value: <c>Kerberos session=‹id›, t=‹µs since 1970›, mic=‹MIC›, token=‹KRB_AP_REQ›</c>; either half may be absent.</summary>
internal readonly record struct AuthorizationValue(CallProof? Proof, ReadOnlyMemory<byte> Token)
{
    public bool HasToken => !Token.IsEmpty;

    public string Format()
    {
        var token = HasToken ? "token=" + Base64Url.EncodeToString(Token.Span) : null;
        if (Proof is not { } proof) return $"{KerberosMetadata.Scheme} {token}";
        Span<byte> id = stackalloc byte[SessionId.Length];
        proof.Session.CopyTo(id);
        Span<char> session = stackalloc char[Base64Url.GetEncodedLength(SessionId.Length)];
        Base64Url.EncodeToChars(id, session);
        Span<char> mic = stackalloc char[Base64Url.GetEncodedLength(Mic.MaxLength)];
        mic = mic[..Base64Url.EncodeToChars(proof.Mic.Span, mic)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{KerberosMetadata.Scheme} session={session}, t={proof.Time.MicrosecondsSinceEpoch}, mic={mic}{(token is null ? null : ", ")}{token}");
    }

    /// <summary>Reads one value of our scheme. What is wrong with it is said in words that quote nothing of it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AuthorizationValue value, [NotNullWhen(false)] out string? problem)
    {
        value = default;
        if (!AuthParameters.TryAfterScheme(text, out var parameters)) return Fail("the scheme is not Kerberos", out problem);
        SessionId? session = null;
        Mic? mic = null;
        byte[]? token = null;
        long? time = null;
        while (parameters.TryRead(out var name, out var content) is { } fits)
        {
            if (!fits) return Fail("it is not a list of name=value", out problem);
            var taken = name switch
            {
                "session" => AuthParameters.TrySet(ref session, content),
                "mic" => AuthParameters.TrySet(ref mic, content),
                "token" => AuthParameters.TrySet(ref token, content),
                "t" => TrySetTime(ref time, content),
                _ => true,
            };
            if (!taken) return Fail($"its parameter {name} is repeated, not base64url, or not of its length", out problem);
        }

        if (session is null && mic is null && time is null)
        {
            if (token is null) return Fail("it holds neither a token nor a session", out problem);
            value = new AuthorizationValue(null, token);
        }
        else
        {
            if (session is not { } id || mic is not { } proof || time is not { } sent) return Fail("session, t and mic belong together", out problem);
            value = new AuthorizationValue(new CallProof(id, KerberosTime.FromMicroseconds(sent), proof), token);
        }

        problem = null;
        return true;
    }

    public override string ToString() => $"{(Proof is null ? "no proof" : "a proof")}, {(HasToken ? "a token" : "no token")} of {Token.Length} octets";

    private static bool TrySetTime(ref long? time, ReadOnlySpan<char> text)
    {
        // 16 digits reach the year 2286; longer ones would only invite overflow where times are subtracted.
        if (time is not null || text.Length > 16 || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        time = value;
        return true;
    }

    private static bool Fail(string why, out string problem)
    {
        problem = why;
        return false;
    }
}
