using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tool.Decode;

/// <summary>The values of our three headers, and what stands for one.</summary>
internal sealed class HeaderReader(Trail trail, TokenReader tokens, KerberosTime now)
{
    /// <summary>Beyond the largest token that a service may be set to take, in base64 and with its frame.</summary>
    public const int MaxCharacters = 128 * 1024;

    private const string Unreadable =
        "It is no header value of GrpcKerberos and neither base64 nor hexadecimal. "
        + "Next: copy the value whole, Kerberos token=… or Negotiate …, or the token alone.";

    private static readonly string[] s_answerParameters = ["mic=", "token=", "session="];

    public void Read(string input, TokenKind wanted)
    {
        var text = input.Trim();
        if (text.Length > MaxCharacters)
        {
            trail.End("input", $"It has more than {MaxCharacters} characters, and no token has. Next: give one token alone.");
            return;
        }

        var kind = TokenKinds.TakeHeaderName(ref text);
        if (wanted != TokenKind.Auto) kind = wanted;
        if (kind is TokenKind.Auto) kind = KindOf(text);
        switch (kind)
        {
            case TokenKind.Authorization or TokenKind.WwwAuthenticate when NegotiateValue.TryAfterScheme(text, out _):
                ReadNegotiate(text);
                break;
            case TokenKind.Authorization when !AuthParameters.TryAfterScheme(text, out _) && Octets.TryRead(text, out var token):
                tokens.Read(token, TokenKind.Auto);
                break;
            case TokenKind.Authorization:
                ReadAuthorization(text);
                break;
            case TokenKind.AuthenticationInfo:
                ReadAnswer(text);
                break;
            case TokenKind.WwwAuthenticate:
                ReadRefusal(text);
                break;
            default:
                if (Octets.TryRead(text, out var octets)) tokens.Read(octets, kind);
                else trail.End("input", Unreadable);
                break;
        }
    }

    private static TokenKind KindOf(string text)
    {
        if (AuthParameters.TryAfterScheme(text, out _))
            return text.Contains(" error=", StringComparison.Ordinal) ? TokenKind.WwwAuthenticate : TokenKind.Authorization;
        if (NegotiateValue.TryAfterScheme(text, out _)) return TokenKind.Authorization;
        return Array.Exists(s_answerParameters, p => text.StartsWith(p, StringComparison.Ordinal)) ? TokenKind.AuthenticationInfo : TokenKind.Auto;
    }

    private void ReadNegotiate(string text)
    {
        if (!NegotiateValue.TryParse(text, out var token, out var problem))
        {
            trail.End("header", $"Negotiate: {problem}");
            return;
        }

        trail.Add("header", Invariant($"Negotiate (RFC 4559), a token of {token.Length} octets"));
        tokens.Read(token, TokenKind.Auto);
    }

    private void ReadAuthorization(string text)
    {
        if (!AuthorizationValue.TryParse(text, out var value, out var problem))
        {
            trail.End("header", $"authorization: {problem}");
            return;
        }

        trail.Add("header", $"authorization: Kerberos, {(value.Proof is { } proof ? DescribeProof(proof) : "no proof of a call")}{DescribeToken(value.Token)}");
        if (value.HasToken) tokens.Read(value.Token, TokenKind.ApReq);
    }

    private void ReadAnswer(string text)
    {
        if (!AnswerValue.TryParse(text, out var value))
        {
            trail.End("header", "authentication-info: it is not a list of mic= and token= as a service of GrpcKerberos sends it");
            return;
        }

        trail.Add("header", $"authentication-info: {DescribeMic(value.Mic)}{DescribeToken(value.Token)}");
        if (!value.Token.IsEmpty) tokens.Read(value.Token, TokenKind.ApRep);
    }

    private void ReadRefusal(string text)
    {
        if (!RefusalValue.TryParse(text, out var value))
        {
            trail.End("header", "www-authenticate: it is no refusal as a service of GrpcKerberos sends it");
            return;
        }

        var session = value.Session is null ? "" : ", names a session";
        trail.Add("header", $"www-authenticate: Kerberos, refused for {value.Error}, {DescribeMic(value.Mic)}{session}{DescribeToken(value.Token)}");
        if (!value.KrbError.IsEmpty) tokens.Read(value.KrbError, TokenKind.KrbError);
        if (!value.Token.IsEmpty) tokens.Read(value.Token, TokenKind.ApRep);
    }

    private string DescribeProof(CallProof proof)
    {
        var number = proof.Number is { } drawn ? Invariant($", number {drawn}") : ", which is no initiator's";
        return $"a session's proof made {Moment.Of(proof.Time, now)}, {DescribeMic(proof.Mic)}{number}";
    }

    private static string DescribeMic(Mic mic) => mic.IsEmpty ? "no MIC" : Invariant($"a MIC of {mic.Span.Length} octets");

    private static string DescribeToken(ReadOnlyMemory<byte> token) => token.IsEmpty ? ", no token" : Invariant($", a token of {token.Length} octets");
}
