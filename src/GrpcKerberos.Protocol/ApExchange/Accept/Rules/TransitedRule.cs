using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>The realms between client and service (RFC 4120 sections 1.2 and 2.7).</summary>
internal static class TransitedRule
{
    public static ApRefusal? Permitted(RuleContext context)
    {
        var transited = context.Ticket.Transited;
        if (transited.Contents.IsEmpty || context.Ticket.Flags.HasFlag(TicketFlags.TransitedPolicyChecked)) return null;
        return ApRefusal.Of(
            ApRejection.TransitRefused,
            transited.Type == TransitedEncoding.DomainX500Compress
                ? $"the ticket of {context.Ticket.Client} came through other realms, and no KDC has checked them"
                : $"the ticket of {context.Ticket.Client} lists its realms in an unknown encoding ({transited.Type})");
    }
}
