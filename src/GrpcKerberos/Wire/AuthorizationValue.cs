using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Wire;

/// <summary>The request's value: <c>Kerberos session=‹id›, t=‹µs since 1970›, mic=‹MIC›, token=‹KRB_AP_REQ›</c>; either half may be absent.</summary>
internal sealed record AuthorizationValue(CallProof? Proof, ReadOnlyMemory<byte> Token)
{
    /// <summary>A MIC token is 16 octets and a MAC; the longest MAC in use has 24.</summary>
    private const int MaxMicLength = 64;

    public bool HasToken => !Token.IsEmpty;

    public string Format()
    {
        var token = HasToken ? "token=" + Base64Url.EncodeToString(Token.Span) : null;
        if (Proof is not { } proof) return $"{KerberosMetadata.Scheme} {token}";
        Span<byte> id = stackalloc byte[SessionId.Length];
        proof.Session.CopyTo(id);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{KerberosMetadata.Scheme} session={Base64Url.EncodeToString(id)}, t={proof.Time.MicrosecondsSinceEpoch}, mic={Base64Url.EncodeToString(proof.Mic.Span)}{(token is null ? null : ", ")}{token}");
    }

    /// <summary>Reads one value of our scheme. What is wrong with it is said in words that quote nothing of it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out AuthorizationValue? value, [NotNullWhen(false)] out string? problem)
    {
        value = null;
        if (!AuthParameters.TryAfterScheme(text, out var parameters)) return Fail("the scheme is not Kerberos", out problem);
        byte[]? session = null, mic = null, token = null;
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
            if (!taken) return Fail($"its parameter {name} is repeated or not base64url", out problem);
        }

        if (session is null && mic is null && time is null)
        {
            if (token is null) return Fail("it holds neither a token nor a session", out problem);
            value = new AuthorizationValue(null, token);
        }
        else
        {
            if (session is null || mic is null || time is null) return Fail("session, t and mic belong together", out problem);
            if (!SessionId.TryRead(session, out var id)) return Fail($"its session has {session.Length} octets, not {SessionId.Length}", out problem);
            if (mic.Length is <= MicToken.HeaderLength or > MaxMicLength) return Fail($"its mic has {mic.Length} octets", out problem);
            value = new AuthorizationValue(new CallProof(id, KerberosTime.FromMicroseconds(time.Value), mic), token);
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
