using GrpcKerberos.Protocol.ApExchange.Gss;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>
/// A token in a frame of GSS-API is what a stock client made for GSS-API: with its checksum, and without our own client's marks. Anything else was
/// taken out of another protocol, or from one of our calls, and wrapped anew by somebody who read it there.
/// </summary>
internal static class GssTokenRule
{
    public static ApRefusal? Check(RuleContext context, GssChecksum? gss, bool holdsProofElement)
    {
        if (context.Call.Framing == TokenFraming.ApReq) return null;
        if (holdsProofElement)
            return ApRefusal.Of(ApRejection.MicMissing, "a token of GrpcKerberos came in a GSS-API frame, where its MIC cannot be. Next: find out who wraps what he read between the client and this service.");
        return gss is null
            ? ApRefusal.Of(ApRejection.ChecksumMissing, "a GSS-API token holds no GSS checksum (type 0x8003). Next: let gss_init_sec_context make the token; a KRB_AP_REQ of another protocol does not do.")
            : null;
    }
}
