using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>What ran, and what must never happen.</summary>
internal sealed class Ledger(World world)
{
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(1);

    /// <summary>The first thing that must not be; null: nothing.</summary>
    public string? Violation { get; private set; }

    public Dictionary<string, int> Counts { get; } = [];

    public void Count(string what) => Counts[what] = Counts.GetValueOrDefault(what) + 1;

    public void Violate(string what, string detail)
    {
        world.Trace($"VIOLATION {what}: {detail}");
        Violation ??= what;
    }

    /// <summary>A call ran by the proof of a packet.</summary>
    /// <param name="packet">Whose proof it was; null where none came.</param>
    /// <param name="accepted">What the acceptor said.</param>
    /// <param name="method">What ran.</param>
    /// <param name="replica">Where.</param>
    public void Ran(Packet? packet, AcceptedCall accepted, string method, Replica replica)
    {
        if (packet is null)
        {
            Violate("runs on a token alone", method);
            return;
        }

        if (method != packet.Method) Violate("runs another method", $"{packet} ran {method}");
        if (accepted.Session!.Client.ToString() != packet.Client) Violate("runs as another principal", $"{packet} of {packet.Client} ran as {accepted.Session.Client}");
        if (world.Elapsed - packet.SentAt > Setting.Skew + AheadOf(replica) + s_slack) Violate("runs later than the skew", $"{packet}, sent at {packet.SentAt.TotalSeconds:0.000}");
        if (packet.Unit is not { } unit) return;
        Count("runs");
        if (accepted.Session.IsServerBound != unit.IsServerBound) Violate("runs in a session of the other kind", packet.ToString());
        foreach (var earlier in unit.Runs) Compare(unit, earlier, packet, replica);
        unit.Runs.Add(new Run(packet, replica, replica.Incarnation));
    }

    /// <summary>How long after its sending a call is good there, beyond the skew: its time is ahead of the replica's by so much.</summary>
    private TimeSpan AheadOf(Replica replica)
    {
        var setting = world.Setting;
        // A correction takes over the clock of whichever replica said so.
        var ahead = Math.Max(setting.Client, setting.Replicas.Max()) * Setting.Skew - (replica.Time.Offset + replica.SteppedBack);
        var stepped = world.Replicas.Aggregate(TimeSpan.Zero, static (sum, r) => sum + r.SteppedBack);
        return (ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero) + stepped;
    }

    private void Compare(Unit unit, Run earlier, Packet packet, Replica replica)
    {
        // The same packet twice: whoever showed it again, it was no word of the client's.
        var isReplay = earlier.Packet.Id == packet.Id;
        var by = isReplay ? "by replay" : "by the client's own resend";
        var detail = $"{packet} after #{earlier.Packet.Id} at {earlier.Replica.Name}, process {earlier.Incarnation}";
        if (earlier.Replica == replica && earlier.Incarnation == replica.Incarnation)
        {
            Violate($"runs twice in one process {by}", detail);
        }
        else if (unit.IsServerBound || earlier.Replica == replica)
        {
            var where = earlier.Replica == replica ? "after a restart" : "server-bound, on another replica";
            var isResidue = !isReplay || (!unit.IsServerBound && !world.Setting.StrictStart && AheadOf(replica) > s_slack);
            if (isResidue) Count($"twice {where} {by}{(isReplay ? ", client ahead" : "")}");
            else Violate($"runs twice, {where}, {by}", detail);
        }
        else
        {
            Count($"twice on another replica, within the skew, {by}");
        }
    }

    /// <summary>What holds of a call at the end of a schedule.</summary>
    public void Close(AppCall call)
    {
        Count(call.Outcome);
        if (call.IsOk && call.Units.TrueForAll(static u => u.Runs.Count == 0)) Violate("its caller sees OK and it never ran", $"call {call.Id}");
        if (call.Result.IsFaulted && call.Result.Exception!.InnerException is not Grpc.Core.RpcException) Violate("another exception escapes", $"call {call.Id}: {call.Outcome}");
        if (call.Credentials is not { } credentials) return;
        var remembered = 0;
        credentials.Find(_ =>
        {
            remembered++;
            return false;
        });
        if (remembered > (call.IsOk ? 0 : 16)) Violate("remembers too many attempts", $"call {call.Id}: {remembered}");
    }
}
