using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>The authenticator's checksum: GSS's structure is parsed whole, any other is verified, and what cannot be verified is refused.</summary>
internal static class ChecksumRule
{
    /// <summary>The GSS structure where there is one. A bare KRB_AP_REQ has no application data, so nothing is what its checksum covers.</summary>
    public static ApRefusal? Check(RuleContext context, out GssChecksum? gss)
    {
        gss = null;
        if (context.Authenticator.Checksum is not { } checksum) return null;
        if (checksum.Type == ChecksumType.GssApi) return GssChecksum.Parse(checksum.Value).Passed(out gss, out var malformed) ? null : malformed;
        var key = context.Opened.SessionKey;
        if (checksum.Type != key.ChecksumType)
            return ApRefusal.Of(ApRejection.ChecksumInappropriate, $"the authenticator's checksum is of type {(int)checksum.Type}, not that of the session key ({(int)key.ChecksumType})");
        return key.VerifyChecksum(KeyUsage.ApReqAuthenticatorChecksum, [], checksum.Value.Span)
            ? null
            : ApRefusal.Of(ApRejection.ChecksumMismatch, "the authenticator's checksum covers application data that did not come");
    }
}
