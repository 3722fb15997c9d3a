using System.Formats.Asn1;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// Ties a reply's ticket and client to the armour.
/// <code>
/// KrbFastFinished ::= SEQUENCE {                     -- RFC 6113 section 5.4.3
///     timestamp       [0] KerberosTime,
///     usec            [1] Int32,
///     crealm          [2] Realm,
///     cname           [3] PrincipalName,
///     ticket-checksum [4] Checksum }                 -- usage 53
/// </code>
/// </summary>
internal sealed record FastFinished(KerberosTime Time, KerberosPrincipal Client, Checksum TicketChecksum)
{
    public static FastFinished Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var time = sequence.ReadTime(0);
        var microseconds = sequence.ReadMicroseconds(1);
        var realm = sequence.ReadKerberosString(2);
        var name = PrincipalName.Decode(sequence.Field(3));
        var checksum = Checksum.Decode(sequence.Field(4));
        sequence.End();
        return new FastFinished(time.WithMicroseconds(microseconds), new KerberosPrincipal(name, realm), checksum);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            writer.Time(0, Time);
            writer.Int32(1, Time.Microseconds);
            writer.KerberosString(2, Client.Realm);
            Client.Name.EncodeTo(writer, 3);
            TicketChecksum.EncodeTo(writer, 4);
        }
    }
}
