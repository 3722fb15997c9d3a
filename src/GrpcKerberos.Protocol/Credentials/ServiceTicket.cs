using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>What a client holds for one service: the sealed ticket, the session key beside it, and what the KDC said of both.</summary>
/// <remarks><see cref="Service"/> comes out of the reply's sealed part, never from the ticket's plaintext (CVE-2017-11103).</remarks>
internal sealed record ServiceTicket(
    KerberosPrincipal Client,
    KerberosPrincipal Service,
    Ticket Ticket,
    TicketSessionKey SessionKey,
    TicketFlags Flags,
    KerberosTime AuthTime,
    KerberosTime Starts,
    KerberosTime Ends,
    KerberosTime? RenewTill = null)
{
    public override string ToString() => $"{Service} for {Client} until {Ends}";
}
