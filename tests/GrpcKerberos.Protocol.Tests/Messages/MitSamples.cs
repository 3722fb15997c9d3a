using System.Text;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>The values MIT krb5 made its vectors from (src/tests/asn.1/ktest.c), as our messages.</summary>
internal static class MitSamples
{
    private const uint Flags = 0xFEDCBA98;
    private const uint FlagsWithoutSkey = 0xFEDCBA90;
    private const uint FlagsWithoutRenewable = 0xFE5CBA98;
    private const string Realm = "ATHENA.MIT.EDU";

    private static readonly KerberosTime s_time = new(new DateTimeOffset(1994, 6, 10, 6, 3, 17, TimeSpan.Zero));
    private static readonly KerberosTime s_exactTime = s_time.WithMicroseconds(123456);
    private static readonly PrincipalName s_name = new(NameType.Principal, ["hftsai", "extra"]);
    private static readonly KerberosPrincipal s_principal = new(s_name, Realm);
    private static readonly EncryptionKey s_key = new((EncryptionType)1, Octets("12345678"));
    private static readonly EncryptedData s_sealed = new(0, 5, Octets("krbASN.1 test message"));
    private static readonly Ticket s_ticket = new(Realm, s_name, s_sealed);
    private static readonly HostAddress s_address = new(2, new byte[] { 18, 208, 0, 35 });
    private static readonly AuthorizationData s_authorization = new(AuthorizationDataType.IfRelevant, Octets("foobar"));
    private static readonly PreAuthData s_preAuth = new((PreAuthType)13, Octets("pa-data"));
    private static readonly LastRequest s_lastRequest = new(-5, s_time);
    private static readonly TransitedEncoding s_transited = new(1, Octets("EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS."));

    public static object Get(string vector) => vector switch
    {
        "authenticator" => new Authenticator(s_principal, s_exactTime, new Checksum((ChecksumType)1, Octets("1234")), s_key, 17, [s_authorization, s_authorization]),
        "authenticator(optionals NULL)" => new Authenticator(s_principal, s_exactTime),
        "ticket" => s_ticket,
        "keyblock" => s_key,
        "enc_tkt_part" => new EncTicketPart(
            (TicketFlags)Flags, s_key, s_principal, s_transited, s_time, s_time, s_time, s_time, [s_address, s_address], [s_authorization, s_authorization]),
        "enc_tkt_part(optionals NULL)" => new EncTicketPart((TicketFlags)Flags, s_key, s_principal, s_transited, s_time, null, s_time),
        "enc_kdc_rep_part" => KdcReplyPart(Flags, s_time, [s_address, s_address]),
        "enc_kdc_rep_part(optionals NULL)" => KdcReplyPart(FlagsWithoutRenewable, null, null),
        "as_rep" => new KdcRep(MessageType.AsRep, s_principal, s_ticket, s_sealed, [s_preAuth, s_preAuth]),
        "as_rep(optionals NULL)" => new KdcRep(MessageType.AsRep, s_principal, s_ticket, s_sealed),
        "tgs_rep" => new KdcRep(MessageType.TgsRep, s_principal, s_ticket, s_sealed, [s_preAuth, s_preAuth]),
        "tgs_rep(optionals NULL)" => new KdcRep(MessageType.TgsRep, s_principal, s_ticket, s_sealed),
        "ap_req" => new ApReq((ApOptions)Flags, s_ticket, s_sealed),
        "ap_rep" => new ApRep(s_sealed),
        "ap_rep_enc_part" => new EncApRepPart(s_exactTime, s_key, 17),
        "ap_rep_enc_part(optionals NULL)" => new EncApRepPart(s_exactTime),
        "as_req" => new KdcReq(MessageType.AsReq, FullBody(), [s_preAuth, s_preAuth]),
        "as_req(optionals NULL except second_ticket)" => new KdcReq(MessageType.AsReq, TicketBody()),
        "as_req(optionals NULL except server)" => new KdcReq(MessageType.AsReq, ServerBody()),
        "tgs_req" => new KdcReq(MessageType.TgsReq, FullBody(), [s_preAuth, s_preAuth]),
        "tgs_req(optionals NULL except second_ticket)" => new KdcReq(MessageType.TgsReq, TicketBody()),
        "tgs_req(optionals NULL except server)" => new KdcReq(MessageType.TgsReq, ServerBody()),
        "kdc_req_body" => FullBody(),
        "kdc_req_body(optionals NULL except second_ticket)" => TicketBody(),
        "kdc_req_body(optionals NULL except server)" => ServerBody(),
        "error" => new KrbError(KerberosErrorCode.KRB_ERR_GENERIC, s_exactTime, s_principal, s_exactTime, Realm, s_name, "krb5data", Octets("krb5data")),
        "error(optionals NULL)" => new KrbError(KerberosErrorCode.KRB_ERR_GENERIC, s_exactTime, s_principal),
        "authorization_data" => new[] { s_authorization, s_authorization },
        "padata_sequence" => new[] { s_preAuth, s_preAuth },
        "padata_sequence(empty)" => Array.Empty<PreAuthData>(),
        "etype_info2" => new EtypeInfo2Entry[]
        {
            new(0, "Morton's #0", Octets("s2k: 0")),
            new((EncryptionType)1, null, Octets("s2k: 1")),
            new((EncryptionType)2, "Morton's #2", Octets("s2k: 2")),
        },
        "pa_enc_ts" => new PaEncTimestamp(s_exactTime),
        "pa_enc_ts(no usec)" => new PaEncTimestamp(s_time),
        "enc_data" => s_sealed,
        _ => throw new ArgumentOutOfRangeException(nameof(vector), vector, "MIT made no such sample."),
    };

    private static EncKdcRepPart KdcReplyPart(uint flags, KerberosTime? optional, IReadOnlyList<HostAddress>? addresses) => new(
        MessageType.TgsRep, s_key, [s_lastRequest, s_lastRequest], 42, (TicketFlags)flags, s_time, optional, s_time, s_principal, optional, optional, addresses);

    private static KdcReqBody FullBody() => new(
        (KdcOptions)FlagsWithoutSkey, s_name, Realm, s_name, s_time, 42, [0, (EncryptionType)1], s_time, s_time, [s_address, s_address], s_sealed, [s_ticket, s_ticket]);

    private static KdcReqBody TicketBody() => new(
        (KdcOptions)Flags, null, Realm, null, s_time, 42, [0, (EncryptionType)1], AdditionalTickets: [s_ticket, s_ticket]);

    private static KdcReqBody ServerBody() => new((KdcOptions)FlagsWithoutSkey, null, Realm, s_name, s_time, 42, [0, (EncryptionType)1]);

    private static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text);
}
