namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>The records of a name, none where there is no such name, and until when they may be used again without asking.</summary>
internal sealed record SrvAnswer(IReadOnlyList<SrvRecord> Records, TimeSpan Life)
{
    private static readonly TimeSpan s_shortestLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestLife = TimeSpan.FromHours(1);

    /// <summary>Of "no such name": an administrator who has just added it should not have to wait.</summary>
    private static readonly TimeSpan s_lifeOfNone = TimeSpan.FromMinutes(1);

    public static SrvAnswer Of(SrvReply reply)
    {
        if (reply.Records.Count == 0) return new SrvAnswer([], s_lifeOfNone);
        var life = reply.Records.Min(static r => r.Life);
        return new SrvAnswer(reply.Records, life < s_shortestLife ? s_shortestLife : life > s_longestLife ? s_longestLife : life);
    }
}
