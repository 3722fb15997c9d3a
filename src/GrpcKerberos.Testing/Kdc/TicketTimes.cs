using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>From when to when a ticket is good, as a request asks and the realm allows (RFC 4120 sections 3.1.3 and 3.3.3).</summary>
internal readonly record struct TicketTimes(KerberosTime Start, KerberosTime End, KerberosTime? RenewTill)
{
    /// <summary>A ticket may be renewed until then, counted from its start; nor can it start later than that from now.</summary>
    public static readonly TimeSpan RenewableLifetime = TimeSpan.FromDays(7);

    public static TicketTimes ForLogin(KdcRequest request)
    {
        var start = ChooseStart(request);
        var till = OrNever(request.Body.Till);
        var end = Earlier(till, start + request.TicketLifetime);
        KerberosTime? renewTill = null;
        if (request.Asks(KdcOptions.Renewable)) renewTill = Earlier(OrNever(request.Body.RenewTill), start + RenewableLifetime);
        else if (request.Asks(KdcOptions.RenewableOk) && till != Never && till > end) renewTill = Earlier(till, start + RenewableLifetime);
        return new TicketTimes(start, end, renewTill).RequireSpan();
    }

    public static TicketTimes ForService(KdcRequest request, EncTicketPart granting)
    {
        if (request.Asks(KdcOptions.Postdated)) throw CannotPostdate();
        var start = WholeSeconds(request.Now);
        var end = Earlier(Earlier(OrNever(request.Body.Till), granting.EndTime), start + request.TicketLifetime);
        KerberosTime? renewTill = null;
        if (request.Asks(KdcOptions.Renewable) && granting.Flags.HasFlag(TicketFlags.Renewable))
            renewTill = Earlier(Earlier(OrNever(request.Body.RenewTill), granting.RenewTill ?? granting.EndTime), start + RenewableLifetime);
        return new TicketTimes(start, end, renewTill).RequireSpan();
    }

    public static TicketTimes ForRenewal(KdcRequest request, EncTicketPart old)
    {
        var start = WholeSeconds(request.Now);
        var renewTill = old.RenewTill ?? old.EndTime;
        return new TicketTimes(start, Earlier(renewTill, start + (old.EndTime - old.Starts)), renewTill).RequireSpan();
    }

    private static KerberosTime Never { get; } = new(DateTimeOffset.MaxValue);

    private static KerberosTime ChooseStart(KdcRequest request)
    {
        var now = WholeSeconds(request.Now);
        if (request.Body.From is not { } from || from <= now + KdcRequest.MaxClockSkew) return now;
        if (!request.Asks(KdcOptions.Postdated) || from > now + RenewableLifetime) throw CannotPostdate();
        return from;
    }

    private TicketTimes RequireSpan() =>
        End > Start ? this : throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_NEVER_VALID, "the ticket would never be valid");

    private static KdcRefusedException CannotPostdate() => new(KerberosErrorCode.KDC_ERR_CANNOT_POSTDATE, "a ticket cannot start then");

    /// <summary>1970 stands for no limit (RFC 4120 section 5.4.1).</summary>
    private static KerberosTime OrNever(KerberosTime? time) => time is { } t && t.MicrosecondsSinceEpoch != 0 ? t : Never;

    private static KerberosTime Earlier(KerberosTime left, KerberosTime right) => left < right ? left : right;

    private static KerberosTime WholeSeconds(KerberosTime time) => new(time.WholeSeconds);
}
