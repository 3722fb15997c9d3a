using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>Client and server see the same TLS channel, as far as policy, or the client's own demand, asks for it.</summary>
internal static class ChannelBindingRule
{
    /// <summary>The binding that was sent and is this connection's; null where none was sent.</summary>
    public static ApRefusal? Check(RuleContext context, GssChecksum? gss, bool demandedByClient, out ChannelBinding? binding)
    {
        binding = null;
        var policy = context.Policy.ChannelBinding;
        if (policy == ChannelBindingRequirement.Ignore) return null;
        var known = context.Call.Connection.ChannelBindings;
        // KERB_AP_OPTIONS_CBT makes a binding mandatory once the server has one to compare with.
        var required = policy == ChannelBindingRequirement.Require || (demandedByClient && known.Count > 0);
        if (gss is not { IsBound: true })
            return required ? ApRefusal.Of(ApRejection.ChannelBindingMissing, $"{context.Ticket.Client} sent no channel binding, which is required. Next: let it set ChannelBinding (in GSS-API the channel bindings), or let ChannelBinding be WhenSent here.") : null;
        if (known.Count == 0)
            return required ? ApRefusal.Of(ApRejection.ChannelBindingMissing, "a channel binding is required, and this connection has no TLS certificate of ours. Next: call over TLS that Kestrel ends, or list the certificate of the proxy that ends it in ChannelBindingCertificates.") : null;
        binding = known.FirstOrDefault(b => CryptographicOperations.FixedTimeEquals(b.GssHash(), gss.Binding.Span));
        return binding is not null
            ? null
            : ApRefusal.Of(ApRejection.ChannelBindingMismatch, $"{context.Ticket.Client} sees another TLS certificate than ours. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates.");
    }
}
