using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What the ticket's session key hides beside the ticket: proof, by its freshness, that the sender holds that key.
/// <code>
/// Authenticator ::= [APPLICATION 2] SEQUENCE {       -- RFC 4120 section 5.5.1
///     authenticator-vno  [0] INTEGER (5),
///     crealm             [1] Realm,
///     cname              [2] PrincipalName,
///     cksum              [3] Checksum OPTIONAL,
///     cusec              [4] Microseconds,
///     ctime              [5] KerberosTime,
///     subkey             [6] EncryptionKey OPTIONAL,
///     seq-number         [7] UInt32 OPTIONAL,
///     authorization-data [8] AuthorizationData OPTIONAL }
/// </code>
/// </summary>
internal sealed record Authenticator(
    KerberosPrincipal Client,
    KerberosTime ClientTime,
    Checksum? Checksum = null,
    EncryptionKey? Subkey = null,
    uint? SequenceNumber = null,
    IReadOnlyList<AuthorizationData>? AuthorizationData = null,
    int AuthenticatorVersion = Authenticator.Version)
{
    public const int Version = 5;

    public static Authenticator Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, ApplicationTag.Authenticator);
        var version = sequence.ReadInt32(0);
        var realm = sequence.ReadKerberosString(1);
        var name = PrincipalName.Decode(sequence.Field(2));
        var checksum = sequence.TryField(3, out var field) ? Messages.Checksum.Decode(field) : null;
        var cusec = sequence.ReadMicroseconds(4);
        var ctime = sequence.ReadTime(5).WithMicroseconds(cusec);
        var subkey = sequence.TryField(6, out field) ? EncryptionKey.Decode(field) : null;
        var number = sequence.ReadOptionalUInt32(7);
        var data = sequence.ReadOptionalList(8, Messages.AuthorizationData.Decode);
        sequence.End();
        return new Authenticator(new KerberosPrincipal(name, realm), ctime, checksum, subkey, number, data, version);
    }

    public byte[] Encode() => DerWriter.Encode(this, static (writer, message) =>
    {
        using (writer.Application(ApplicationTag.Authenticator))
        using (writer.PushSequence())
        {
            writer.Int32(0, message.AuthenticatorVersion);
            writer.KerberosString(1, message.Client.Realm);
            message.Client.Name.EncodeTo(writer, 2);
            message.Checksum?.EncodeTo(writer, 3);
            writer.Int32(4, message.ClientTime.Microseconds);
            writer.Time(5, message.ClientTime);
            message.Subkey?.EncodeTo(writer, 6);
            writer.UInt32(7, message.SequenceNumber);
            writer.Sequence(8, message.AuthorizationData, Messages.AuthorizationData.Write);
        }
    });
}
