using System.Globalization;

namespace GrpcKerberos.Protocol.ApExchange.Accept.Rules;

/// <summary>The authenticator is fresh, and later than the moment from which this process can tell a replay.</summary>
internal static class ClockSkewRule
{
    public static ApRefusal? Fresh(RuleContext context)
    {
        var difference = context.Authenticator.ClientTime - context.Now;
        return difference.Duration() <= context.Policy.MaxClockSkew
            ? null
            : ApRefusal.Of(
                ApRejection.ClockSkew,
                $"the clock of {context.Ticket.Client} is {difference.Duration().ToString("g", CultureInfo.InvariantCulture)} "
                + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} ours (limit {context.Policy.MaxClockSkew.ToString("g", CultureInfo.InvariantCulture)}). Next: set the clocks.");
    }

    /// <summary>RFC 4120 section 3.2.3: who has lost track of what it has seen must refuse what it may have seen.</summary>
    public static ApRefusal? AfterStart(RuleContext context)
    {
        var earliest = context.Policy.StrictStart ? context.Start + context.Policy.MaxClockSkew : context.Start;
        return context.Authenticator.ClientTime > earliest
            ? null
            : ApRefusal.Of(ApRejection.BeforeStart, $"the authenticator of {context.Ticket.Client} is not later than {earliest}, since when this process can tell a replay");
    }
}
