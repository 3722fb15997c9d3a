using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>The realms between client and service (RFC 4120 sections 1.2 and 2.7).</summary>
/// <remarks>
/// The flag says that the service's own KDC, which sealed the ticket, has checked them. Without it each one must lie on the way that the service's own
/// krb5.conf, or else the tree of realm names, gives from the client's realm to the service's. Any realm on the way can name whatever client it likes.
/// </remarks>
internal static class TransitedRule
{
    public static ApRefusal? Permitted(RuleContext context)
    {
        var transited = context.Ticket.Transited;
        if (transited.Contents.IsEmpty || context.Ticket.Flags.HasFlag(TicketFlags.TransitedPolicyChecked)) return null;
        var (client, service) = (context.Ticket.Client, context.Service.Realm);
        if (transited.Type != TransitedEncoding.DomainX500Compress) return Refused($"the ticket of {client} lists its realms in an unknown encoding ({transited.Type})");
        if (!TransitedRealms.TryDecode(transited.Contents.Span, client.Realm, service, out var realms))
            return Refused($"the ticket of {client} came through realms that cannot be told from its list");
        var path = RealmPath.Between(context.Policy.Capaths, client.Realm, service) ?? [];
        return realms.FirstOrDefault(r => r != client.Realm && r != service && !path.Contains(r)) is not { } stray
            ? null
            : Refused(
                $"the ticket of {client} came through {stray}, which is not on the way from {client.Realm} to {service}, and no KDC has checked it. "
                + $"Next: if {stray} may name clients of {client.Realm}, put \"{service} = {stray}\" under {client.Realm} in [capaths] of this server's krb5.conf.");
    }

    private static ApRefusal Refused(string why) => ApRefusal.Of(ApRejection.TransitRefused, why);
}
