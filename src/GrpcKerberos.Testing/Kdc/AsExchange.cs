using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>The AS exchange (RFC 4120 section 3.1.3): a client with a key gets its first ticket.</summary>
internal static class AsExchange
{
    public static byte[] Answer(KdcRequest request)
    {
        var client = request.Database.Find(request.Body.ClientName, request.Body.Realm)
            ?? throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, "the realm has no such client");
        var service = request.RequireService();
        var keys = PreAuthentication.UsableKeys(request, client);
        PreAuthentication.Require(request, client, keys);

        var ticket = MakeTicket(request, client.Principal, service).Issue();
        var replyKey = keys[0];
        return KdcReply.Make(
            request, ticket, replyKey.Key!, KeyUsage.AsRepEncPart, replyKey.KeyVersion, PreAuthentication.Hints(client, [replyKey]));
    }

    private static TicketTemplate MakeTicket(KdcRequest request, KerberosPrincipal client, KdcAccount service)
    {
        var times = TicketTimes.ForLogin(request);
        return new TicketTemplate(client, service.Principal, request.Now, request.TicketLifetime, service.RequireKey)
        {
            SessionKey = TicketSessionKey.Generate(request.ChooseSessionKeyType(service)),
            Flags = ChooseFlags(request, times),
            StartTime = times.Start,
            EndTime = times.End,
            RenewTill = times.RenewTill,
            Addresses = request.Body.Addresses,
            Pac = request.Database.PacOf(client, service),
        };
    }

    private static TicketFlags ChooseFlags(KdcRequest request, TicketTimes times)
    {
        var flags = TicketFlags.Initial | TicketFlags.PreAuthent;
        if (request.Asks(KdcOptions.Forwardable)) flags |= TicketFlags.Forwardable;
        if (request.Asks(KdcOptions.Proxiable)) flags |= TicketFlags.Proxiable;
        if (request.Asks(KdcOptions.AllowPostdate)) flags |= TicketFlags.MayPostdate;
        if (times.RenewTill is not null) flags |= TicketFlags.Renewable;
        if (times.Start > request.Now) flags |= TicketFlags.Postdated | TicketFlags.Invalid;
        return flags;
    }
}
