using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>Messages with every field set, to values that stress their encoding; what MIT's samples are too tame for.</summary>
internal static class RichSamples
{
    private static readonly string s_longRealm = new('R', 300);
    private static readonly KerberosTime s_time = new(new DateTimeOffset(2038, 1, 19, 3, 14, 8, TimeSpan.Zero));
    private static readonly KerberosTime s_exactTime = s_time.WithMicroseconds(999_999);
    private static readonly PrincipalName s_service = new(NameType.ServiceInstance, ["HTTP", "bücher.example"]);
    private static readonly PrincipalName s_client = new(NameType.WellKnown, ["WELLKNOWN", "ANONYMOUS", ""]);
    private static readonly EncryptionKey s_key = new(EncryptionType.Aes256CtsHmacSha384, Octets(32));
    private static readonly EncryptedData s_sealed = new((EncryptionType)(-1), uint.MaxValue, Octets(70_000));
    private static readonly Ticket s_ticket = new(s_longRealm, s_service, s_sealed);
    private static readonly HostAddress[] s_addresses = [new(24, Octets(16)), new(-3, ReadOnlyMemory<byte>.Empty)];
    private static readonly AuthorizationData[] s_authorization = [AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.Win2kPac, Octets(200))), new(AuthorizationDataType.GrpcKerberos, Octets(17))];
    private static readonly PreAuthData[] s_preAuth = [new(PreAuthType.EncTimestamp, Octets(56)), new((PreAuthType)(-2), ReadOnlyMemory<byte>.Empty)];

    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>
    {
        ["authenticator"] = new Authenticator(
            new KerberosPrincipal(s_client, s_longRealm), s_exactTime, new Checksum(ChecksumType.GssApi, Octets(24)), s_key, uint.MaxValue, s_authorization, int.MinValue),
        ["ticket"] = new Ticket(s_longRealm, s_service, s_sealed, version: -5),
        ["keyblock"] = s_key,
        ["enc_tkt_part"] = new EncTicketPart(
            (TicketFlags)uint.MaxValue, s_key, new KerberosPrincipal(s_client, s_longRealm), new TransitedEncoding(-1, Octets(3)), s_time, s_time, s_time, s_time, s_addresses, s_authorization),
        ["enc_kdc_rep_part(AS)"] = KdcReplyPart(MessageType.AsRep),
        ["enc_kdc_rep_part(TGS)"] = KdcReplyPart(MessageType.TgsRep),
        ["as_rep"] = new KdcRep(MessageType.AsRep, new KerberosPrincipal(s_client, s_longRealm), s_ticket, s_sealed, s_preAuth),
        ["tgs_rep"] = new KdcRep(MessageType.TgsRep, new KerberosPrincipal(s_client, s_longRealm), s_ticket, s_sealed, s_preAuth),
        ["ap_req"] = new ApReq(ApOptions.MutualRequired, s_ticket, s_sealed, ProtocolVersion: int.MaxValue, Type: 0),
        ["ap_rep"] = new ApRep(s_sealed),
        ["ap_rep_enc_part"] = new EncApRepPart(s_exactTime, s_key, 0x80000000),
        ["as_req"] = new KdcReq(MessageType.AsReq, Body(), s_preAuth),
        ["tgs_req"] = new KdcReq(MessageType.TgsReq, Body(), s_preAuth),
        ["kdc_req_body"] = Body(),
        ["error"] = new KrbError(
            (KerberosErrorCode)int.MinValue, s_exactTime, new KerberosPrincipal(s_service, s_longRealm), s_exactTime, "", s_client, "日本", ReadOnlyMemory<byte>.Empty),
        ["authorization_data"] = s_authorization,
        ["padata_sequence"] = s_preAuth,
        ["etype_info2"] = new EtypeInfo2Entry[] { new(EncryptionType.Aes256CtsHmacSha1, "R.EXAMPLEbücher", Octets(4)), new((EncryptionType)int.MaxValue) },
        ["pa_enc_ts"] = new PaEncTimestamp(s_exactTime),
        ["enc_data"] = s_sealed,
    };

    private static EncKdcRepPart KdcReplyPart(MessageType reply) => new(
        reply, s_key, [new LastRequest(int.MaxValue, s_time)], uint.MaxValue, TicketFlags.EncPaRep, s_time, s_time, s_time, new KerberosPrincipal(s_service, s_longRealm), s_time, s_time, s_addresses, s_preAuth);

    private static KdcReqBody Body() => new(
        KdcOptions.Validate, s_client, s_longRealm, s_service, s_time, uint.MaxValue, [EncryptionType.Aes256CtsHmacSha384, (EncryptionType)(-128)], s_time, s_time, s_addresses, s_sealed, [s_ticket]);

    private static byte[] Octets(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
}
