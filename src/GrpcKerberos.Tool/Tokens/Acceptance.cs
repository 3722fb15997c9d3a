using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Accept.Rules;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Tool.Tokens;

/// <summary>What a service with a keytab would say of a token now, by its own rules.</summary>
/// <remarks>Nothing is remembered: the same token may be asked about again.</remarks>
internal static class Acceptance
{
    public static Step<CheckedApReq> Judge(ReadOnlyMemory<byte> apReq, TokenFraming framing, Keytab keytab, AcceptorPolicy policy, KerberosTime now)
    {
        var call = new IncomingCall(apReq, null, "/") { Framing = framing };
        if (!ReceivedApReq.Parse(call, policy).Passed(out var received, out var refusal)) return refusal;
        if (!OpenedTicket.Open(received, keytab, policy, now).Passed(out var ticket, out refusal)) return refusal;
        if (!OpenedAuthenticator.Open(ticket, policy).Passed(out var opened, out refusal)) return refusal;
        // No process started here: none of its forgotten calls can come again.
        return CheckedApReq.Check(new RuleContext(opened, policy, keytab, now, KerberosTime.FromMicroseconds(0)));
    }
}
