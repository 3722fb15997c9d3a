using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Wire;

/// <summary>The answer's value: <c>mic=‹MIC›, token=‹KRB_AP_REP›</c>; the token only where there was one to answer.</summary>
internal sealed record AnswerValue(ReadOnlyMemory<byte> Mic, ReadOnlyMemory<byte> Token)
{
    public string Format()
    {
        var mic = Mic.IsEmpty ? null : "mic=" + Base64Url.EncodeToString(Mic.Span);
        var token = Token.IsEmpty ? null : "token=" + Base64Url.EncodeToString(Token.Span);
        return mic is null || token is null ? mic + token : $"{mic}, {token}";
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out AnswerValue? value)
    {
        value = null;
        var parameters = new AuthParameters(text);
        byte[]? mic = null, token = null;
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
        value = new AnswerValue(mic, token);
        return true;
    }

    public override string ToString() => $"mic of {Mic.Length}, token of {Token.Length} octets";
}
