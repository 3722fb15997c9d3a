using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>What a rule may look at.</summary>
internal readonly record struct RuleContext(OpenedAuthenticator Opened, AcceptorPolicy Policy, Keytab Keytab, KerberosTime Now, KerberosTime Start)
{
    public EncTicketPart Ticket => Opened.Ticket.Content;

    public Authenticator Authenticator => Opened.Content;

    public IncomingCall Call => Opened.Ticket.Received.Call;

    public KerberosPrincipal Service => Opened.Ticket.OpenedBy.Principal;
}
