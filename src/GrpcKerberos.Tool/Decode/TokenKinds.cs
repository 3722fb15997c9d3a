namespace GrpcKerberos.Tool.Decode;

/// <summary>Kinds by their names on the command line.</summary>
internal static class TokenKinds
{
    private static readonly Dictionary<string, TokenKind> s_named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["authorization"] = TokenKind.Authorization,
        ["negotiate"] = TokenKind.Authorization,
        ["authentication-info"] = TokenKind.AuthenticationInfo,
        ["www-authenticate"] = TokenKind.WwwAuthenticate,
        ["ap-req"] = TokenKind.ApReq,
        ["ap-rep"] = TokenKind.ApRep,
        ["krb-error"] = TokenKind.KrbError,
        ["gss"] = TokenKind.Gss,
    };

    public static string[] Names => [.. s_named.Keys];

    public static TokenKind Of(string? name) => name is null ? TokenKind.Auto : s_named[name];

    /// <summary>Takes the name of one of our headers off the front of a line, and says which it was.</summary>
    public static TokenKind TakeHeaderName(ref string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !s_named.TryGetValue(text[..colon].Trim(), out var kind)) return TokenKind.Auto;
        text = text[(colon + 1)..].Trim();
        return kind;
    }
}
