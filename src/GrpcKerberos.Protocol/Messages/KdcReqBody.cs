using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// KDC-REQ-BODY ::= SEQUENCE {                        -- RFC 4120 section 5.4.1
///     kdc-options            [0]  KDCOptions,
///     cname                  [1]  PrincipalName OPTIONAL,
///     realm                  [2]  Realm,
///     sname                  [3]  PrincipalName OPTIONAL,
///     from                   [4]  KerberosTime OPTIONAL,
///     till                   [5]  KerberosTime,
///     rtime                  [6]  KerberosTime OPTIONAL,
///     nonce                  [7]  UInt32,
///     etype                  [8]  SEQUENCE OF Int32,
///     addresses              [9]  HostAddresses OPTIONAL,
///     enc-authorization-data [10] EncryptedData OPTIONAL,
///     additional-tickets     [11] SEQUENCE OF Ticket OPTIONAL }
/// </code>
/// </summary>
internal sealed record KdcReqBody(
    KdcOptions Options,
    PrincipalName? ClientName,
    string Realm,
    PrincipalName? ServiceName,
    KerberosTime Till,
    uint Nonce,
    IReadOnlyList<EncryptionType> EncryptionTypes,
    KerberosTime? From = null,
    KerberosTime? RenewTill = null,
    IReadOnlyList<HostAddress>? Addresses = null,
    EncryptedData? EncAuthorizationData = null,
    IReadOnlyList<Ticket>? AdditionalTickets = null)
{
    public static KdcReqBody Decode(ReadOnlyMemory<byte> encoded)
    {
        var outer = new DerReader(encoded);
        var sequence = outer.Sequence();
        outer.End();
        var options = (KdcOptions)sequence.ReadFlags(0);
        var client = sequence.TryField(1, out var field) ? PrincipalName.Decode(field) : null;
        var realm = sequence.ReadKerberosString(2);
        var service = sequence.TryField(3, out field) ? PrincipalName.Decode(field) : null;
        var from = sequence.ReadOptionalTime(4);
        var till = sequence.ReadTime(5);
        var renew = sequence.ReadOptionalTime(6);
        var nonce = sequence.ReadUInt32(7);
        var types = sequence.ReadList(8, static e => (EncryptionType)e.Int32());
        var addresses = sequence.ReadOptionalList(9, HostAddress.Decode);
        var authorization = sequence.TryField(10, out field) ? EncryptedData.Decode(field) : null;
        var tickets = sequence.ReadOptionalList(11, Ticket.Decode);
        sequence.End();
        return new KdcReqBody(options, client, realm, service, till, nonce, types, from, renew, addresses, authorization, tickets);
    }

    public byte[] Encode() => DerWriter.Encode(WriteTo);

    private void WriteTo(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.Flags(0, (uint)Options);
            ClientName?.EncodeTo(writer, 1);
            writer.KerberosString(2, Realm);
            ServiceName?.EncodeTo(writer, 3);
            writer.Time(4, From);
            writer.Time(5, Till);
            writer.Time(6, RenewTill);
            writer.UInt32(7, Nonce);
            writer.Sequence(8, EncryptionTypes, static (w, t) => w.WriteInteger((int)t));
            writer.Sequence(9, Addresses, HostAddress.Write);
            EncAuthorizationData?.EncodeTo(writer, 10);
            writer.Sequence(11, AdditionalTickets, static (w, t) => w.WriteEncodedValue(t.Encoded.Span));
        }
    }
}
