using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A ticket at hand, and until when it is handed out and from when a new one is looked for.</summary>
internal sealed class HeldTicket
{
    private static readonly TimeSpan s_earlyEnough = TimeSpan.FromMinutes(5);

    /// <param name="ticket">The ticket.</param>
    /// <param name="margin">It must live so long yet to be handed out; a tenth of its life where that is less.</param>
    public HeldTicket(ServiceTicket ticket, TimeSpan margin)
    {
        var life = ticket.Ends - ticket.Starts;
        Ticket = ticket;
        UsableUntil = ticket.Ends - Shorter(margin, life / 10);
        RenewFrom = ticket.Ends - Longer(life / 5, Shorter(s_earlyEnough, life / 2));
    }

    public ServiceTicket Ticket { get; }

    public KerberosTime UsableUntil { get; }

    /// <summary>A fifth of its life, or 5 minutes, before the end; never before the middle.</summary>
    public KerberosTime RenewFrom { get; }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
