using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One schedule: what happens next is drawn from the seed, until the steps are used up or something happened that must not.</summary>
internal sealed class Schedule(World world)
{
    /// <summary>How far messages overtake each other.</summary>
    private const int Reordered = 6;

    private static readonly double[] s_ticks = [0, 0.001, 0.05, 0.2, 1, 2];

    private readonly Attacker _attacker = new(world);

    private Setting Setting => world.Setting;

    private Random Random => world.Random;

    private Ledger Ledger => world.Ledger;

    public void Run()
    {
        for (var i = 0; i < Setting.Steps && Ledger.Violation is null; i++) Step();
        Drain();
        foreach (var call in world.Calls) Ledger.Close(call);
        if (!Setting.IsAttacked) foreach (var call in world.Calls) JudgeHonest(call);
        if (Ledger.Violation is null && Setting.IsAttacked) Recover();
    }

    private void Step()
    {
        world.Advance(TimeSpan.FromSeconds(world.Pick(s_ticks)));
        switch (Random.Next(100))
        {
            case < 26:
                StartCall();
                break;
            case < 50:
                DeliverRequest();
                break;
            case < 72:
                DeliverReply();
                break;
            case < 84 when Setting.Replays:
                _attacker.Show();
                break;
            case 84 or 85 when Setting.Evictions:
                Forget();
                break;
            case 86 or 87 when Setting.Restarts:
                Restart(world.Pick(world.Replicas));
                break;
            case 88 when Setting.StepsBack:
                StepBack(world.Pick(world.Replicas));
                break;
            case 89 or 90 when Setting.Moves:
                Reconnect();
                break;
            case 91 when Setting.Delays:
                world.Advance(world.Pick<double>([0.3, 0.5, 0.9, 1.01, 3]) * Setting.Skew);
                break;
            case 93:
                Drain();
                world.Advance(world.Pick<double>([0.5, 1.01, 2.01, 13]) * Setting.Skew);
                break;
        }
    }

    private void StartCall()
    {
        var shape = Random.Next(10) switch { < 6 => MethodType.Unary, < 8 => MethodType.ServerStreaming, 8 => MethodType.ClientStreaming, _ => MethodType.DuplexStreaming };
        var attempts = Setting.Retries ? (Attempts)Random.Next(3) : Attempts.One;
        world.StartCall(world.Pick(Setting.Links), shape, attempts);
    }

    private void DeliverRequest()
    {
        if (world.Flights.Count == 0) return;
        var flight = TakeAny(world.Flights);
        if (MayBreak(flight.Packet))
        {
            world.Returns.Add(new Return(flight.Packet, Reply.Broken));
            return;
        }

        var packet = flight.Packet;
        var reply = world.Show($"{packet}", flight.To, packet.Header, packet.Method, packet.Body, packet.Link, packet);
        world.Returns.Add(new Return(packet, MayBreak(packet) ? Reply.Broken : reply));
        if (Random.Next(2) == 0) DeliverReply();
    }

    private void DeliverReply()
    {
        if (world.Returns.Count == 0) return;
        var (packet, reply) = TakeAny(world.Returns);
        var given = Setting.Forges ? _attacker.Tamper(reply) : reply;
        if (given != reply) world.Trace($"ATTACKER puts {given?.ToString() ?? "nothing"} in place of {reply} to {packet}");
        if (given is null) return;
        packet.Source!.Answer(given);
        world.Turn();
    }

    private bool MayBreak(Packet packet)
    {
        if (!Setting.Retries || packet.Unit is not { Call: var call } || Random.Next(20) != 0) return false;
        call.Breaks++;
        return true;
    }

    private T TakeAny<T>(List<T> list)
    {
        var place = Random.Next(Math.Min(Reordered, list.Count));
        var item = list[place];
        list.RemoveAt(place);
        return item;
    }

    /// <summary>Everything under way arrives.</summary>
    private void Drain()
    {
        while (!world.IsQuiet && Ledger.Violation is null)
        {
            world.Advance(TimeSpan.FromMilliseconds(1));
            DeliverRequest();
            DeliverReply();
        }
    }

    /// <summary>Sessions are forgotten: idle ones where the store is full, or those an hour old where another is born.</summary>
    private void Forget()
    {
        var replica = world.Pick(world.Replicas);
        if (Random.Next(2) == 0)
        {
            if (!Setting.IsAttacked) Drain();
            world.Advance(TimeSpan.FromMinutes(61));
            replica.Press(1);
        }
        else
        {
            if (!Setting.IsAttacked) Drain();
            if (Random.Next(2) == 0 || !Setting.IsAttacked) world.Advance((2 * Setting.Skew) + TimeSpan.FromSeconds(1));
            replica.Press(Replica.Capacity + 4);
            // A store full of others in use takes no session of ours.
            if (Random.Next(2) == 0 || !Setting.IsAttacked) world.Advance((2 * Setting.Skew) + TimeSpan.FromSeconds(1));
        }

        var isForgotten = Setting.Links.Any(l => !replica.Sessions.TryFind(world.SessionOf(l).Bound?.Id ?? world.SessionOf(l).Origin.Id, out _));
        if (isForgotten) Ledger.Count("evictions");
        Disturb($"{replica.Name} forgets{(isForgotten ? "" : " nothing of ours")}");
    }

    private void Restart(Replica replica)
    {
        replica.Restart();
        Ledger.Count("restarts");
        Disturb($"{replica.Name} restarts: process {replica.Incarnation}");
    }

    private void StepBack(Replica replica)
    {
        var by = TimeSpan.FromSeconds(world.Pick<double>([0.5, 2, 20]));
        replica.StepBack(by);
        Disturb($"{replica.Name}'s clock steps back by {by.TotalSeconds:0.0} s");
    }

    private void Reconnect()
    {
        if (!Setting.IsAttacked) Drain();
        world.Reconnect(world.Pick(Setting.Links));
    }

    private void Disturb(string line)
    {
        world.Trace(line);
        foreach (var call in world.Calls)
        {
            if (!call.Result.IsCompleted) call.Disturbances++;
        }
    }

    /// <summary>Every call runs and its caller sees OK.</summary>
    private void JudgeHonest(AppCall call)
    {
        if (call.IsOk) return;
        var mayBeLate = (call.Ended ?? world.Elapsed) - call.Began > Setting.Skew - TimeSpan.FromSeconds(1);
        var excuse = call switch
        {
            _ when mayBeLate => "delayed beyond the skew",
            { CanRepeat: false, Outcome: "Unavailable (Unavailable)" } => "establishing took longer than is waited for",
            { Breaks: > 0, Attempts: not Attempts.Retried } or { Breaks: > 2 } => "its connection broke",
            { CanRepeat: false } when Setting.Moves || Setting.Evictions || Setting.Restarts || Setting.StepsBack => "a stream met a server that forgot",
            // A refusal that nobody can sign does not say which of two attempts met it.
            { Attempts: Attempts.Hedged, Outcome: "Unauthenticated (Replayed)" } when Setting.Evictions || Setting.Restarts => "a hedge ran that gRPC had given up",
            { Disturbances: > 1 } => "more than one restart during the call",
            { Disturbances: > 0 } when call.Link == Link.Clear || Setting.RequireServerBound => "a restart during a server-bound call",
            { Disturbances: > 0 } when call.Outcome.Contains("ClockSkew", StringComparison.Ordinal) => "a restart during a call, soon after another",
            _ => null,
        };
        if (excuse is null) Ledger.Violate("an honest call fails", $"call {call.Id}: {call.Outcome}");
        else Ledger.Count($"excused: {excuse}");
    }

    /// <summary>Once the attacker is gone and what is idle may be forgotten, calls run again.</summary>
    private void Recover()
    {
        world.Trace("the attacker is gone");
        world.Advance((2 * Setting.Skew) + TimeSpan.FromSeconds(1));
        world.LeaveAlone();
        foreach (var link in Setting.Links)
        {
            AppCall call = null!;
            for (var i = 0; i < 3; i++)
            {
                call = world.StartCall(link, MethodType.Unary, Attempts.One);
                Drain();
                if (call.IsOk) break;
            }

            if (!call.IsOk) Ledger.Violate("no call runs once the attacker is gone", $"{link}: {call.Outcome}");
        }
    }
}
