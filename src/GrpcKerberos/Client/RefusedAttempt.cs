using Grpc.Core;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Client;

/// <summary>What a refusal that ends a call leaves behind: tickets and keys not to be used again, a line in the log, an exception.</summary>
internal static class RefusedAttempt
{
    /// <param name="client">Whose call it was.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="refused">The attempt.</param>
    /// <param name="method">The path called.</param>
    /// <param name="isProved">Whether the refusal is the server's word.</param>
    public static RpcException End(KerberosClient client, Refusal refusal, Attempt refused, string method, bool isProved)
    {
        ForgetTicket(client, refusal.Error, refused, isProved);
        if (refusal.Error == KerberosError.Replayed) refused.Peer.Drop(refused.Session);
        client.Log.ProofRefused(refused.Peer.Service, method, refusal.Error);
        client.Metrics.Refused(refusal.Name);
        var error = new KerberosException(refusal.Error, ClientMessages.Refused(refusal.Error, refused, method, refusal.ReadKrbError()));
        // Another status than UNAUTHENTICATED would be the server's word, and needs its proof.
        return isProved ? RpcErrors.From(error) : RpcErrors.From(error, StatusCode.Unauthenticated);
    }

    /// <summary>The call was not run for want of a session, and another one would be: nothing is wrong but its time.</summary>
    public static RpcException Unknown(KerberosClient client, Attempt refused, string method)
    {
        client.Log.ProofRefused(refused.Peer.Service, method, KerberosError.SessionUnknown);
        client.Metrics.Refused(KerberosError.SessionUnknown);
        return RpcErrors.From(new KerberosException(
            KerberosError.SessionUnknown, refused.Session.CanRepeatNumbers ? ClientMessages.SessionUnknown(refused.Peer.Service) : ClientMessages.SystemSessionUnknown(refused.Peer.Service)));
    }

    private static void ForgetTicket(KerberosClient client, KerberosError error, Attempt refused, bool isProved)
    {
        if (error is not (KerberosError.TicketRefused or KerberosError.TicketExpired)) return;
        if (refused.Session.Ticket is not { } ticket)
        {
            // Tickets are the operating system's; another context of it costs a round trip.
            if (refused.Bound is { } bound) refused.Session.Drop(bound);
            return;
        }

        if (!refused.Peer.MayForgetTicket(ticket, isProved)) return;
        // Unproved it may cost a ticket, never a login.
        if (isProved && error == KerberosError.TicketExpired) client.Tickets.ForgetLogin(ticket);
        else client.Tickets.Forget(ticket);
    }

    public static RpcException NotProven(KerberosClient client, Attempt latest, string method, bool isAbsent)
    {
        latest.Peer.Withdraw();
        client.Log.ServerNotProven(latest.Peer.Service, method);
        client.Metrics.Refused(KerberosError.ServerNotProven);
        return RpcErrors.From(new KerberosException(KerberosError.ServerNotProven, ClientMessages.ServerNotProven(latest, isAbsent)));
    }
}
