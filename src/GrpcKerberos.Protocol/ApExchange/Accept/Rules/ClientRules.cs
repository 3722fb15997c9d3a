using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>Who calls, and from where. A rule returns null where it is content.</summary>
internal static class ClientRules
{
    /// <summary>cname AND crealm are the ticket's; the principal always comes from the ticket.</summary>
    public static ApRefusal? SameClient(RuleContext context) =>
        context.Authenticator.Client.Equals(context.Ticket.Client)
            ? null
            : ApRefusal.Of(ApRejection.ClientMismatch, $"the authenticator names {context.Authenticator.Client}, the ticket {context.Ticket.Client}");

    public static ApRefusal? RealmPermitted(RuleContext context)
    {
        var realm = context.Ticket.Client.Realm;
        var permitted = context.Policy.Realms.Count > 0
            ? context.Policy.Realms.Contains(realm, StringComparer.Ordinal)
            : context.Keytab.Serves(realm);
        return permitted
            ? null
            : ApRefusal.Of(ApRejection.RealmRefused, $"{context.Ticket.Client} is of a realm that may not call here. Next: add {realm} to Realms, if it is trusted.");
    }

    public static ApRefusal? Address(RuleContext context)
    {
        if (!context.Policy.CheckClientAddress || context.Ticket.Addresses is not { Count: > 0 } listed) return null;
        var remote = context.Call.RemoteAddress;
        return remote is not null && listed.Any(a => a.Matches(remote))
            ? null
            : ApRefusal.Of(ApRejection.AddressMismatch, $"{context.Ticket.Client} calls from {remote?.ToString() ?? "an unknown address"}, which its ticket does not list");
    }

    /// <summary>RFC 8062: the well-known anonymous principal, or the flag.</summary>
    public static ApRefusal? Anonymous(RuleContext context)
    {
        var name = context.Ticket.Client.Components;
        var isAnonymous = context.Ticket.Flags.HasFlag(TicketFlags.Anonymous) || name is ["WELLKNOWN", "ANONYMOUS"];
        return isAnonymous && !context.Policy.AllowAnonymous
            ? ApRefusal.Of(ApRejection.AnonymousRefused, "the ticket is an anonymous one: it names nobody")
            : null;
    }
}
