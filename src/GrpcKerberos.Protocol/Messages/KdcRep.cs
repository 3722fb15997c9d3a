using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// AS-REP and TGS-REP.
/// <code>
/// KDC-REP ::= [APPLICATION 11 or 13] SEQUENCE {      -- RFC 4120 section 5.4.2
///     pvno     [0] INTEGER (5),
///     msg-type [1] INTEGER (11 or 13),
///     padata   [2] SEQUENCE OF PA-DATA OPTIONAL,
///     crealm   [3] Realm,
///     cname    [4] PrincipalName,
///     ticket   [5] Ticket,
///     enc-part [6] EncryptedData }                   -- EncKDCRepPart, usage 3 (AS), 8 or 9 (TGS)
/// </code>
/// </summary>
internal sealed record KdcRep(
    MessageType Type,
    KerberosPrincipal Client,
    Ticket Ticket,
    EncryptedData EncPart,
    IReadOnlyList<PreAuthData>? PreAuthData = null)
{
    public static KdcRep Decode(MessageType type, ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, (int)type);
        KerberosVersion.Require(sequence.ReadInt32(0));
        KerberosVersion.RequireType(type, sequence.ReadInt32(1));
        var preAuth = sequence.ReadOptionalList(2, Messages.PreAuthData.Decode);
        var realm = sequence.ReadKerberosString(3);
        var name = PrincipalName.Decode(sequence.Field(4));
        var ticket = Ticket.Decode(sequence.Field(5));
        var encPart = EncryptedData.Decode(sequence.Field(6));
        sequence.End();
        return new KdcRep(type, new KerberosPrincipal(name, realm), ticket, encPart, preAuth);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Application((int)Type))
        using (writer.PushSequence())
        {
            writer.Int32(0, KerberosVersion.Five);
            writer.Int32(1, (int)Type);
            writer.Sequence(2, PreAuthData, Messages.PreAuthData.Write);
            writer.KerberosString(3, Client.Realm);
            Client.Name.EncodeTo(writer, 4);
            Ticket.EncodeTo(writer, 5);
            EncPart.EncodeTo(writer, 6);
        }
    });
}
