using System.Buffers.Text;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Wire;

/// <summary>The answer's value: <c>mic=‹MIC›, token=‹KRB_AP_REP›</c>; the token only where there was one to answer.</summary>
internal readonly record struct AnswerValue(Mic Mic, ReadOnlyMemory<byte> Token)
{
    /// <summary>The session that a call began by its token alone: a GSS-API client has no key to derive it from. Written, and never read.</summary>
    public SessionId? Session { get; init; }

    public string Format()
    {
        if (Session is { } session)
        {
            var rest = (this with { Session = null }).Format();
            return $"session={Base64Url.EncodeToString(session.ToArray())}{(rest.Length > 0 ? ", " : "")}{rest}";
        }

        Span<char> mic = stackalloc char[Base64Url.GetEncodedLength(Mic.MaxLength)];
        mic = mic[..Base64Url.EncodeToChars(Mic.Span, mic)];
        if (Token.IsEmpty) return Mic.IsEmpty ? "" : string.Concat("mic=", mic);
        var token = Base64Url.EncodeToString(Token.Span);
        return Mic.IsEmpty ? "token=" + token : $"mic={mic}, token={token}";
    }

    public static bool TryParse(ReadOnlySpan<char> text, out AnswerValue value)
    {
        value = default;
        var parameters = new AuthParameters(text);
        Mic? mic = null;
        byte[]? token = null;
        while (parameters.TryRead(out var name, out var content) is { } fits)
        {
            var taken = fits && name switch
            {
                "mic" => AuthParameters.TrySet(ref mic, content),
                "token" => AuthParameters.TrySet(ref token, content),
                _ => true,
            };
            if (!taken) return false;
        }

        if (mic is null && token is null) return false;
        value = new AnswerValue(mic ?? default, token);
        return true;
    }

    public override string ToString() => $"mic of {Mic}, token of {Token.Length} octets";
}
