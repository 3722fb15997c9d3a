using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>The TGS exchange (RFC 4120 section 3.3): a ticket for a ticket. Renews, validates and forwards too.</summary>
internal static class TgsExchange
{
    public static byte[] Answer(KdcRequest request)
    {
        var granting = GrantingRequest.Open(request);
        try
        {
            RequirePossible(request, granting.Ticket);
            var ticket = MakeTicket(request, granting, request.RequireService()).Issue();
            return granting.Subkey is { } subkey
                ? KdcReply.Make(request, ticket, subkey, KeyUsage.TgsRepEncPartSubkey)
                : KdcReply.Make(request, ticket, granting.SessionKey, KeyUsage.TgsRepEncPartSessionKey);
        }
        catch (KdcRefusedException e) when (e.ClientTime is null)
        {
            throw new KdcRefusedException(e.Code, e.Message, granting.Authenticator.ClientTime, e.ErrorData);
        }
    }

    private static void RequirePossible(KdcRequest request, EncTicketPart granting)
    {
        if (request.Asks(KdcOptions.EncTktInSkey) || request.Asks(KdcOptions.Proxy) || request.Body.AdditionalTickets is not null)
            throw BadOption("user-to-user, proxies and delegation are not offered");
        if (request.Asks(KdcOptions.Forwarded) && !granting.Flags.HasFlag(TicketFlags.Forwardable)) throw BadOption("the ticket is not forwardable");
        if (!request.Asks(KdcOptions.Renew)) return;
        if (!granting.Flags.HasFlag(TicketFlags.Renewable) || granting.RenewTill is not { } till) throw BadOption("the ticket is not renewable");
        if (till <= request.Now) throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED, "the ticket can be renewed no longer");
    }

    private static TicketTemplate MakeTicket(KdcRequest request, GrantingRequest granting, KdcAccount service)
    {
        var old = granting.Ticket;
        var times = ChooseTimes(request, old);
        var pac = request.Database.PacOf(old.Client, service);
        IReadOnlyList<AuthorizationData> data = [.. RequestedData.Read(request, granting), .. old.AuthorizationData ?? []];
        if (pac is not null) data = WithoutPac(data);
        return new TicketTemplate(old.Client, service.Principal, request.Now, request.TicketLifetime, service.RequireKey)
        {
            SessionKey = TicketSessionKey.Generate(request.ChooseSessionKeyType(service)),
            Flags = ChooseFlags(request, old, times),
            Transited = old.Transited,
            AuthTime = old.AuthTime,
            StartTime = times.Start,
            EndTime = times.End,
            RenewTill = times.RenewTill,
            Addresses = request.Asks(KdcOptions.Forwarded) ? request.Body.Addresses : old.Addresses,
            AuthorizationData = data.Count > 0 ? data : null,
            Pac = pac,
        };
    }

    /// <summary>What a client asked for in the PAC's place, or the PAC of the ticket that is renewed: this KDC makes the one there is.</summary>
    private static IReadOnlyList<AuthorizationData> WithoutPac(IReadOnlyList<AuthorizationData> data) =>
        [.. data.Where(static e => e.Type != AuthorizationDataType.IfRelevant || !AuthorizationData.DecodeList(e.Data).Any(static i => i.Type == AuthorizationDataType.Win2kPac))];

    private static TicketTimes ChooseTimes(KdcRequest request, EncTicketPart old)
    {
        if (request.Asks(KdcOptions.Renew)) return TicketTimes.ForRenewal(request, old);
        return request.Asks(KdcOptions.Validate) ? new TicketTimes(old.Starts, old.EndTime, old.RenewTill) : TicketTimes.ForService(request, old);
    }

    private static TicketFlags ChooseFlags(KdcRequest request, EncTicketPart old, TicketTimes times)
    {
        if (request.Asks(KdcOptions.Renew) || request.Asks(KdcOptions.Validate)) return old.Flags & ~TicketFlags.Invalid;
        var flags = old.Flags & (TicketFlags.PreAuthent | TicketFlags.HwAuthent | TicketFlags.Forwarded | TicketFlags.Anonymous);
        if (request.Asks(KdcOptions.Forwardable)) flags |= old.Flags & TicketFlags.Forwardable;
        if (request.Asks(KdcOptions.Forwarded)) flags |= TicketFlags.Forwarded;
        if (times.RenewTill is not null) flags |= TicketFlags.Renewable;
        return request.Asks(KdcOptions.DisableTransitedCheck) ? flags : flags | TicketFlags.TransitedPolicyChecked;
    }

    private static KdcRefusedException BadOption(string text) => new(KerberosErrorCode.KDC_ERR_BADOPTION, text);
}
