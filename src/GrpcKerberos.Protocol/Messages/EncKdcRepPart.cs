using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What a KDC tells the client beside the ticket it cannot read.
/// <code>
/// EncKDCRepPart ::= [APPLICATION 25 (AS) or 26 (TGS)] SEQUENCE {     -- RFC 4120 section 5.4.2
///     key               [0]  EncryptionKey,
///     last-req          [1]  LastReq,
///     nonce             [2]  UInt32,
///     key-expiration    [3]  KerberosTime OPTIONAL,
///     flags             [4]  TicketFlags,
///     authtime          [5]  KerberosTime,
///     starttime         [6]  KerberosTime OPTIONAL,
///     endtime           [7]  KerberosTime,
///     renew-till        [8]  KerberosTime OPTIONAL,
///     srealm            [9]  Realm,
///     sname             [10] PrincipalName,
///     caddr             [11] HostAddresses OPTIONAL,
///     encrypted-pa-data [12] SEQUENCE OF PA-DATA OPTIONAL }          -- RFC 6806 section 11
/// </code>
/// </summary>
internal sealed record EncKdcRepPart(
    MessageType ReplyType,
    EncryptionKey Key,
    IReadOnlyList<LastRequest> LastRequests,
    uint Nonce,
    TicketFlags Flags,
    KerberosTime AuthTime,
    KerberosTime? StartTime,
    KerberosTime EndTime,
    KerberosPrincipal Service,
    KerberosTime? KeyExpiration = null,
    KerberosTime? RenewTill = null,
    IReadOnlyList<HostAddress>? Addresses = null,
    IReadOnlyList<PreAuthData>? EncryptedPreAuthData = null)
{
    public KerberosTime Starts => StartTime ?? AuthTime;

    /// <summary>Either tag is taken for either reply: RFC 4120 section 5.4.2 allows it, and old KDCs seal every reply as 26.</summary>
    public static EncKdcRepPart Decode(ReadOnlyMemory<byte> encoded)
    {
        var isAs = new DerReader(encoded).NextIsApplication(ApplicationTag.EncAsRepPart);
        var sequence = DerReader.OpenApplication(encoded, isAs ? ApplicationTag.EncAsRepPart : ApplicationTag.EncTgsRepPart);
        var key = EncryptionKey.Decode(sequence.Field(0));
        var lastRequests = sequence.ReadList(1, LastRequest.Decode);
        var nonce = sequence.ReadUInt32(2);
        var keyExpiration = sequence.ReadOptionalTime(3);
        var flags = (TicketFlags)sequence.ReadFlags(4);
        var authTime = sequence.ReadTime(5);
        var startTime = sequence.ReadOptionalTime(6);
        var endTime = sequence.ReadTime(7);
        var renewTill = sequence.ReadOptionalTime(8);
        var realm = sequence.ReadKerberosString(9);
        var service = new KerberosPrincipal(PrincipalName.Decode(sequence.Field(10)), realm);
        var addresses = sequence.ReadOptionalList(11, HostAddress.Decode);
        var preAuth = sequence.ReadOptionalList(12, PreAuthData.Decode);
        sequence.End();
        return new EncKdcRepPart(
            isAs ? MessageType.AsRep : MessageType.TgsRep, key, lastRequests, nonce, flags, authTime, startTime, endTime, service, keyExpiration, renewTill, addresses, preAuth);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Application(ReplyType == MessageType.AsRep ? ApplicationTag.EncAsRepPart : ApplicationTag.EncTgsRepPart))
        using (writer.PushSequence())
        {
            Key.EncodeTo(writer, 0);
            writer.Sequence(1, LastRequests, LastRequest.Write);
            writer.UInt32(2, Nonce);
            writer.Time(3, KeyExpiration);
            writer.Flags(4, (uint)Flags);
            writer.Time(5, AuthTime);
            writer.Time(6, StartTime);
            writer.Time(7, EndTime);
            writer.Time(8, RenewTill);
            writer.KerberosString(9, Service.Realm);
            Service.Name.EncodeTo(writer, 10);
            writer.Sequence(11, Addresses, HostAddress.Write);
            writer.Sequence(12, EncryptedPreAuthData, PreAuthData.Write);
        }
    });
}
