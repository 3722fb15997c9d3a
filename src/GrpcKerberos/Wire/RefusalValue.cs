using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Wire;

/// <summary>
/// A refusal's value: <c>Kerberos error=‹NAME›, krb-error=‹KRB-ERROR›, mic=‹MIC›</c>, or, for a token that came alone,
/// <c>Kerberos error=PROVE, session=‹id›, token=‹KRB_AP_REP›</c>.
/// </summary>
internal sealed record RefusalValue(string Error)
{
    public ReadOnlyMemory<byte> KrbError { get; init; }

    public Mic Mic { get; init; }

    public SessionId? Session { get; init; }

    public ReadOnlyMemory<byte> Token { get; init; }

    public string Format()
    {
        var text = new StringBuilder(KerberosMetadata.Scheme).Append(" error=").Append(Error);
        if (Session is { } session) text.Append(", session=").Append(Base64Url.EncodeToString(session.ToArray()));
        Append(text, "krb-error", KrbError.Span);
        var mic = Mic;
        Append(text, "mic", mic.Span);
        Append(text, "token", Token.Span);
        return text.ToString();
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out RefusalValue? value)
    {
        value = null;
        if (!AuthParameters.TryAfterScheme(text, out var parameters)) return false;
        string? error = null;
        byte[]? krbError = null, token = null;
        SessionId? session = null;
        Mic? mic = null;
        while (parameters.TryRead(out var name, out var content) is { } fits)
        {
            var taken = fits && name switch
            {
                "error" => TrySetError(ref error, content),
                "session" => AuthParameters.TrySet(ref session, content),
                "krb-error" => AuthParameters.TrySet(ref krbError, content),
                "mic" => AuthParameters.TrySet(ref mic, content),
                "token" => AuthParameters.TrySet(ref token, content),
                _ => true,
            };
            if (!taken) return false;
        }

        if (error is null) return false;
        value = new RefusalValue(error) { Session = session, KrbError = krbError, Mic = mic ?? default, Token = token };
        return true;
    }

    public override string ToString() => Error;

    private static bool TrySetError(ref string? field, ReadOnlySpan<char> text)
    {
        if (field is not null || text.Length > 64) return false;
        field = text.ToString();
        return true;
    }

    private static void Append(StringBuilder text, string name, ReadOnlySpan<byte> octets)
    {
        if (!octets.IsEmpty) text.Append(", ").Append(name).Append('=').Append(Base64Url.EncodeToString(octets));
    }
}
