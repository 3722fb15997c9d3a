namespace GrpcKerberos.Protocol.Registry;

/// <summary>ASN.1 APPLICATION tags of what is not a message by itself (RFC 4120 section 5.10).</summary>
internal static class ApplicationTag
{
    public const int Ticket = 1;
    public const int Authenticator = 2;
    public const int EncTicketPart = 3;
    public const int EncAsRepPart = 25;
    public const int EncTgsRepPart = 26;
    public const int EncApRepPart = 27;
}
