using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>Opens the ticket inside a PA-TGS-REQ and judges its own times (RFC 4120 section 3.3.3).</summary>
internal static class PresentedTicket
{
    public static EncTicketPart Open(KdcRequest request, Ticket ticket)
    {
        if (ticket.TicketVersion != Ticket.Version) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BADVERSION, "tkt-vno is not 5");
        var part = EncTicketPart.Decode(Open(RequireAccount(request, ticket), ticket.EncPart));
        if (part.Flags.HasFlag(TicketFlags.Invalid) != request.Asks(KdcOptions.Validate))
            throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, "the ticket is to be validated, or is valid already");
        if (part.Starts > request.Now + KdcRequest.MaxClockSkew) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_TKT_NYV, "the ticket is not valid yet");
        if (part.EndTime <= request.Now) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED, "the ticket has ended");
        return part;
    }

    /// <summary>The ticket-granting service; for renewal and validation any service, of its own ticket.</summary>
    private static KdcAccount RequireAccount(KdcRequest request, Ticket ticket)
    {
        var account = request.Database.Find(ticket.ClaimedService);
        var isItsOwn = request.Asks(KdcOptions.Renew) || request.Asks(KdcOptions.Validate);
        if (account is not null && (account == request.Database.TicketGrantingService || (isItsOwn && ticket.ServiceName.Equals(request.Body.ServiceName))))
            return account;
        throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_NOT_US, "the ticket is for another service");
    }

    private static byte[] Open(KdcAccount account, EncryptedData sent)
    {
        var versions = account.Keys.Where(k => sent.KeyVersion is null || k.KeyVersion == sent.KeyVersion).ToList();
        if (versions.Count == 0) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BADKEYVER, "there is no such key version");
        foreach (var entry in versions.Where(k => k.Type == sent.Type))
        {
            if (entry.Key!.TryOpen(KeyUsage.Ticket, sent.Cipher.Span, out var plaintext)) return plaintext;
        }

        throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY, "the ticket does not open");
    }
}
