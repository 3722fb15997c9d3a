using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// KRB-ERROR ::= [APPLICATION 30] SEQUENCE {          -- RFC 4120 section 5.9.1
///     pvno       [0]  INTEGER (5),
///     msg-type   [1]  INTEGER (30),
///     ctime      [2]  KerberosTime OPTIONAL,
///     cusec      [3]  Microseconds OPTIONAL,
///     stime      [4]  KerberosTime,
///     susec      [5]  Microseconds,
///     error-code [6]  Int32,
///     crealm     [7]  Realm OPTIONAL,
///     cname      [8]  PrincipalName OPTIONAL,
///     realm      [9]  Realm,
///     sname      [10] PrincipalName,
///     e-text     [11] KerberosString OPTIONAL,
///     e-data     [12] OCTET STRING OPTIONAL }
/// </code>
/// </summary>
internal sealed record KrbError(
    KerberosErrorCode Code,
    KerberosTime ServerTime,
    KerberosPrincipal Service,
    KerberosTime? ClientTime = null,
    string? ClientRealm = null,
    PrincipalName? ClientName = null,
    string? Text = null,
    ReadOnlyMemory<byte>? Data = null)
{
    public static KrbError Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, (int)MessageType.KrbError);
        KerberosVersion.Require(sequence.ReadInt32(0));
        KerberosVersion.RequireType(MessageType.KrbError, sequence.ReadInt32(1));
        var ctime = sequence.ReadOptionalTime(2);
        var cusec = sequence.ReadOptionalMicroseconds(3);
        var stime = sequence.ReadTime(4);
        var susec = sequence.ReadMicroseconds(5);
        var code = (KerberosErrorCode)sequence.ReadInt32(6);
        var clientRealm = sequence.ReadOptionalKerberosString(7);
        var clientName = sequence.TryField(8, out var field) ? PrincipalName.Decode(field) : null;
        var realm = sequence.ReadKerberosString(9);
        var name = PrincipalName.Decode(sequence.Field(10));
        var text = sequence.ReadOptionalKerberosString(11);
        var data = sequence.ReadOptionalOctetString(12);
        sequence.End();
        return new KrbError(
            code, stime.WithMicroseconds(susec), new KerberosPrincipal(name, realm), ctime?.WithMicroseconds(cusec ?? 0), clientRealm, clientName, text, data);
    }

    public byte[] Encode() => DerWriter.Encode(writer =>
    {
        using (writer.Application((int)MessageType.KrbError))
        using (writer.PushSequence())
        {
            writer.Int32(0, KerberosVersion.Five);
            writer.Int32(1, (int)MessageType.KrbError);
            writer.Time(2, ClientTime);
            if (ClientTime is { } ctime) writer.Int32(3, ctime.Microseconds);
            writer.Time(4, ServerTime);
            writer.Int32(5, ServerTime.Microseconds);
            writer.Int32(6, (int)Code);
            writer.KerberosString(7, ClientRealm);
            ClientName?.EncodeTo(writer, 8);
            writer.KerberosString(9, Service.Realm);
            Service.Name.EncodeTo(writer, 10);
            writer.KerberosString(11, Text);
            if (Data is { } data) writer.OctetString(12, data.Span);
        }
    });
}
