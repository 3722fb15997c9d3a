using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>PA-ENC-TIMESTAMP: the client proves its key before it is given anything to guess at (RFC 4120 section 5.2.7.2).</summary>
internal static class PreAuthentication
{
    /// <summary>The client's keys that the request's enctypes allow, in the request's order.</summary>
    public static IReadOnlyList<KeytabEntry> UsableKeys(KdcRequest request, KdcAccount client)
    {
        var keys = request.Body.EncryptionTypes.Distinct().Select(type => client.Find(type)).OfType<KeytabEntry>().ToList();
        return keys.Count > 0 ? keys : throw KdcRequest.NoCommonEncryptionType("the client has no key of the types it asks for");
    }

    public static void Require(KdcRequest request, KdcAccount client, IReadOnlyList<KeytabEntry> keys)
    {
        if (request.FindPreAuth(PreAuthType.EncTimestamp) is not { } value)
            throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED, "pre-authentication required", data: Methods(client, keys));
        var sent = EncryptedData.Decode(value);
        var key = keys.FirstOrDefault(k => k.Type == sent.Type)?.Key;
        if (request.Fault == KdcFault.PreauthenticationFailed || key is null || !key.TryOpen(KeyUsage.PaEncTimestamp, sent.Cipher.Span, out var plaintext))
            throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_PREAUTH_FAILED, "pre-authentication failed", data: Methods(client, keys));
        request.RequireClockNear(PaEncTimestamp.Decode(plaintext).Time);
    }

    /// <summary>How a password becomes the keys; of no matter where they are random.</summary>
    public static PreAuthData Hints(KdcAccount client, IReadOnlyList<KeytabEntry> keys) =>
        new(PreAuthType.EtypeInfo2, EtypeInfo2Entry.EncodeList([.. keys.Select(key => new EtypeInfo2Entry(key.Type, client.Salt))]));

    private static byte[] Methods(KdcAccount client, IReadOnlyList<KeytabEntry> keys) =>
        PreAuthData.EncodeMethodData([Hints(client, keys), new PreAuthData(PreAuthType.EncTimestamp, ReadOnlyMemory<byte>.Empty)]);
}
