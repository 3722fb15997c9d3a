using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// What a client carries to a service without being able to read it.
/// <code>
/// Ticket ::= [APPLICATION 1] SEQUENCE {              -- RFC 4120 section 5.3
///     tkt-vno  [0] INTEGER (5),
///     realm    [1] Realm,
///     sname    [2] PrincipalName,
///     enc-part [3] EncryptedData }                   -- EncTicketPart, usage 2
/// </code>
/// </summary>
internal sealed class Ticket
{
    public const int Version = 5;

    public Ticket(string realm, PrincipalName serviceName, EncryptedData encPart, int version = Version)
        : this(version, realm, serviceName, encPart, encoded: null)
    {
    }

    private Ticket(int version, string realm, PrincipalName serviceName, EncryptedData encPart, ReadOnlyMemory<byte>? encoded)
    {
        TicketVersion = version;
        Realm = realm;
        ServiceName = serviceName;
        EncPart = encPart;
        Encoded = encoded ?? DerWriter.Encode(WriteTo);
    }

    public int TicketVersion { get; }

    public string Realm { get; }

    public PrincipalName ServiceName { get; }

    /// <summary>The service as the plaintext names it: a hint which key to try, never an identity.</summary>
    public KerberosPrincipal ClaimedService => new(ServiceName, Realm);

    /// <summary>Whether the plaintext names this service.</summary>
    public bool IsFor(KerberosPrincipal service) => string.Equals(Realm, service.Realm, StringComparison.Ordinal) && ServiceName.Equals(service.Name);

    public EncryptedData EncPart { get; }

    /// <summary>The DER octets as sent: the session id is made over them.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    public static Ticket Decode(ReadOnlyMemory<byte> encoded)
    {
        var sequence = DerReader.OpenApplication(encoded, ApplicationTag.Ticket);
        var version = sequence.ReadInt32(0);
        var realm = sequence.ReadKerberosString(1);
        var name = PrincipalName.Decode(sequence.Field(2));
        var encPart = EncryptedData.Decode(sequence.Field(3));
        sequence.End();
        return new Ticket(version, realm, name, encPart, encoded);
    }

    public static Ticket Decode(DerReader field)
    {
        var element = field.Element();
        field.End();
        return Decode(element);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag)) writer.WriteEncodedValue(Encoded.Span);
    }

    private void WriteTo(AsnWriter writer)
    {
        using (writer.Application(ApplicationTag.Ticket))
        using (writer.PushSequence())
        {
            writer.Int32(0, TicketVersion);
            writer.KerberosString(1, Realm);
            ServiceName.EncodeTo(writer, 2);
            EncPart.EncodeTo(writer, 3);
        }
    }
}
