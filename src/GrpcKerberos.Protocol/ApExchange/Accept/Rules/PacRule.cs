using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>A PAC that is there is verified or refuses the call: to go on without it would let whoever spoils it choose what the caller is not.</summary>
internal static class PacRule
{
    /// <param name="context">What the rule looks at.</param>
    /// <param name="pac">The data of the ticket's one AD-WIN2K-PAC, where it has one.</param>
    /// <param name="verified">The PAC, once every check is passed; null where there is none.</param>
    public static ApRefusal? Check(RuleContext context, ReadOnlyMemory<byte>? pac, out VerifiedPac? verified)
    {
        verified = null;
        if (pac is { } octets)
        {
            try
            {
                verified = VerifiedPac.Verify(octets, context.Ticket, context.Opened.Ticket.OpenedBy.Key!, context.Service.Realm, context.Policy.TicketGrantingKeys);
            }
            catch (PacException e)
            {
                return ApRefusal.Of(Cause(e.Fault), $"the PAC of {context.Ticket.Client}: {e.Message}");
            }
        }

        return context.Policy.RequirePac && verified?.Logon is null
            ? ApRefusal.Of(ApRejection.PacMissing, $"the ticket of {context.Ticket.Client} has no PAC with logon information, and RequirePac is on. Next: take NO_AUTH_DATA_REQUIRED off the service's account, or turn RequirePac off for realms that are not Active Directory.")
            : null;
    }

    private static ApRejection Cause(PacFault fault) => fault switch
    {
        PacFault.Malformed => ApRejection.PacMalformed,
        PacFault.Signature => ApRejection.PacSignatureInvalid,
        PacFault.Mismatch => ApRejection.PacMismatch,
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
