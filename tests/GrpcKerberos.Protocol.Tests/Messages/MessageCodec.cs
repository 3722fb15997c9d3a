using System.Formats.Asn1;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>One message type's way in and out of bytes, so that a test can be run over all of them.</summary>
internal sealed record MessageCodec(Func<ReadOnlyMemory<byte>, object> Decode, Func<object, byte[]> Encode)
{
    private static readonly MessageCodec s_kdcReq = Of(b => KdcReq.Decode(b, out _), m => m.Encode());
    private static readonly MessageCodec s_methodData = Of(PreAuthData.DecodeMethodData, PreAuthData.EncodeMethodData);

    private static readonly Dictionary<string, MessageCodec> s_codecs = new()
    {
        ["authenticator"] = Of(Authenticator.Decode, m => m.Encode()),

        // A decoded ticket keeps the octets it came in; only a new one of the same fields is encoded.
        ["ticket"] = Of(Ticket.Decode, t => new Ticket(t.Realm, t.ServiceName, t.EncPart, t.TicketVersion).Encoded.ToArray()),
        ["keyblock"] = Of(b => EncryptionKey.Decode(new DerReader(b)), EncodeKey),
        ["enc_tkt_part"] = Of(EncTicketPart.Decode, m => m.Encode()),
        ["enc_kdc_rep_part"] = Of(EncKdcRepPart.Decode, m => m.Encode()),
        ["as_rep"] = Of(b => KdcRep.Decode(MessageType.AsRep, b), m => m.Encode()),
        ["tgs_rep"] = Of(b => KdcRep.Decode(MessageType.TgsRep, b), m => m.Encode()),
        ["ap_req"] = Of(ApReq.Decode, m => m.Encode()),
        ["ap_rep"] = Of(ApRep.Decode, m => m.Encode()),
        ["ap_rep_enc_part"] = Of(EncApRepPart.Decode, m => m.Encode()),
        ["as_req"] = s_kdcReq,
        ["tgs_req"] = s_kdcReq,
        ["kdc_req_body"] = Of(KdcReqBody.Decode, m => m.Encode()),
        ["error"] = Of(KrbError.Decode, m => m.Encode()),
        ["authorization_data"] = Of(AuthorizationData.DecodeList, AuthorizationData.EncodeList),
        ["padata_sequence"] = s_methodData,
        ["etype_info2"] = Of(EtypeInfo2Entry.DecodeList, EtypeInfo2Entry.EncodeList),
        ["pa_enc_ts"] = Of(PaEncTimestamp.Decode, m => m.Encode()),
        ["enc_data"] = Of(EncryptedData.Decode, m => m.Encode()),
    };

    public static IReadOnlyCollection<string> Names => s_codecs.Keys;

    /// <summary>The codec of a message by its MIT name, whatever stands in brackets behind it.</summary>
    public static MessageCodec For(string sample) => s_codecs[sample.Split('(')[0]];

    private static MessageCodec Of<T>(Func<ReadOnlyMemory<byte>, T> decode, Func<T, byte[]> encode)
        where T : notnull => new(b => decode(b), m => encode((T)m));

    private static byte[] EncodeKey(EncryptionKey key)
    {
        // A key has no encoding by itself in any message: take it out of the field it is written to.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        key.EncodeTo(writer, 0);
        return new DerReader(writer.Encode()).Field(0).Element().ToArray();
    }
}
