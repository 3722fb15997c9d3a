namespace GrpcKerberos.Protocol.Kdc;

/// <summary>How messages tell of clocks that are apart.</summary>
internal static class ClockText
{
    /// <summary>For the end of a <c>Next:</c>.</summary>
    public const string Mend = "set the clock (timedatectl set-ntp true; w32tm /resync).";

    /// <summary><c>This host's clock is 7 min 12 s behind dc1.corp.example (limit 5 min)</c>.</summary>
    /// <param name="offset">The other clock less this host's.</param>
    /// <param name="other">Whose that is.</param>
    /// <param name="limit">What counts as in step.</param>
    public static string Apart(TimeSpan offset, string other, TimeSpan limit) =>
        $"This host's clock is {DurationText.Of(offset)} {(offset > TimeSpan.Zero ? "behind" : "ahead of")} {other} (limit {DurationText.Of(limit)})";
}
