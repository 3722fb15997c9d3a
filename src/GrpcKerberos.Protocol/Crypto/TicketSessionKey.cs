namespace GrpcKerberos.Protocol.Crypto;

/// <summary>The key the KDC made for one client and one server: it seals the authenticator and the AP-REP.</summary>
internal sealed class TicketSessionKey(EncryptionType type, ReadOnlySpan<byte> bytes) : KerberosKey(type, bytes)
{
    public static TicketSessionKey Generate(EncryptionType type) =>
        RandomKey.Generate(type, static (type, bytes) => new TicketSessionKey(type, bytes));
}
