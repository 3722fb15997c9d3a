using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>Authorization data a client asks to have in its ticket: restrictions it puts on itself (RFC 4120 section 5.4.1).</summary>
internal static class RequestedData
{
    /// <summary>Sealed with the subkey, usage 5, or without one with the session key, usage 4.</summary>
    public static IReadOnlyList<AuthorizationData> Read(KdcRequest request, GrantingRequest granting)
    {
        if (request.Body.EncAuthorizationData is not { } sent) return [];
        KerberosKey key = granting.Subkey is { } subkey ? subkey : granting.SessionKey;
        var usage = granting.Subkey is null ? KeyUsage.TgsReqAuthDataSessionKey : KeyUsage.TgsReqAuthDataSubkey;
        return sent.Type == key.Type && key.TryOpen(usage, sent.Cipher.Span, out var plaintext)
            ? AuthorizationData.DecodeList(plaintext)
            : throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, "the authorization data does not open");
    }
}
