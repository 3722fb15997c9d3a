using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What the service's key hides in a ticket: the client, the session key, the times.
/// <code>
/// EncTicketPart ::= [APPLICATION 3] SEQUENCE {       -- RFC 4120 section 5.3
///     flags              [0]  TicketFlags,
///     key                [1]  EncryptionKey,
///     crealm             [2]  Realm,
///     cname              [3]  PrincipalName,
///     transited          [4]  TransitedEncoding,
///     authtime           [5]  KerberosTime,
///     starttime          [6]  KerberosTime OPTIONAL,
///     endtime            [7]  KerberosTime,
///     renew-till         [8]  KerberosTime OPTIONAL,
///     caddr              [9]  HostAddresses OPTIONAL,
///     authorization-data [10] AuthorizationData OPTIONAL }
/// </code>
/// </summary>
internal sealed record EncTicketPart(
    TicketFlags Flags,
    EncryptionKey Key,
    KerberosPrincipal Client,
    TransitedEncoding Transited,
    KerberosTime AuthTime,
    KerberosTime? StartTime,
    KerberosTime EndTime,
    KerberosTime? RenewTill = null,
    IReadOnlyList<HostAddress>? Addresses = null,
    IReadOnlyList<AuthorizationData>? AuthorizationData = null)
{
    /// <summary>An absent start time means the authentication time (RFC 4120 section 5.3).</summary>
    public KerberosTime Starts => StartTime ?? AuthTime;

    public static EncTicketPart Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, ApplicationTag.EncTicketPart);
        var flags = (TicketFlags)sequence.ReadFlags(0);
        var key = EncryptionKey.Decode(sequence.Field(1));
        var realm = sequence.ReadKerberosString(2);
        var name = PrincipalName.Decode(sequence.Field(3));
        var transited = TransitedEncoding.Decode(sequence.Field(4));
        var part = new EncTicketPart(
            flags,
            key,
            new KerberosPrincipal(name, realm),
            transited,
            sequence.ReadTime(5),
            sequence.ReadOptionalTime(6),
            sequence.ReadTime(7),
            sequence.ReadOptionalTime(8),
            sequence.ReadOptionalList(9, HostAddress.Decode),
            sequence.ReadOptionalList(10, Messages.AuthorizationData.Decode));
        sequence.End();
        return part;
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Application(ApplicationTag.EncTicketPart))
        using (writer.PushSequence())
        {
            writer.Flags(0, (uint)Flags);
            Key.EncodeTo(writer, 1);
            writer.KerberosString(2, Client.Realm);
            Client.Name.EncodeTo(writer, 3);
            Transited.EncodeTo(writer, 4);
            writer.Time(5, AuthTime);
            writer.Time(6, StartTime);
            writer.Time(7, EndTime);
            writer.Time(8, RenewTill);
            writer.Sequence(9, Addresses, HostAddress.Write);
            writer.Sequence(10, AuthorizationData, Messages.AuthorizationData.Write);
        }
    });
}
