using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Reads all of the wire, shows what was captured to any replica over any link, and puts answers of its own in the place of theirs.</summary>
internal sealed class Attacker(World world)
{
    private const int Recent = 80;

    private static readonly string[] s_errors =
    [
        KerberosError.SessionUnknown.ToWireName(), KerberosError.ClockSkew.ToWireName(), KerberosError.Replayed.ToWireName(), KerberosErrorNames.Late,
        KerberosErrorNames.Prove, KerberosError.TicketRefused.ToWireName(), KerberosError.ProofRefused.ToWireName(),
    ];

    private readonly Link[] _links = [.. world.Setting.Links.Append(Link.Tls).Distinct()];

    private Random Random => world.Random;

    /// <summary>Shows something to a replica. Most of the time it is what was captured, as it was.</summary>
    public void Show()
    {
        if (world.Captured.Count == 0) return;
        var packet = AnyPacket();
        var value = packet.Value;
        switch (Random.Next(20))
        {
            case 0:
                Show(packet, packet.Header, CallMaker.OtherMethod, packet.Body, "another method");
                break;
            case 1:
                Show(packet, new AuthorizationValue(value.Proof, default).Format(), packet.Method, default, "token stripped");
                break;
            case 2 when !packet.Token.IsEmpty:
                Show(null, new AuthorizationValue(null, packet.Token).Format(), packet.Method, default, "token alone");
                break;
            case 3 when !packet.Token.IsEmpty:
                Show(packet, new AuthorizationValue(Random.Next(2) == 0 ? value.Proof : null, packet.Token), EstablishMessage.Path, packet.Token);
                break;
            case 4:
                var other = AnyPacket();
                Show(packet, new AuthorizationValue(value.Proof, other.Token), packet.Method, default);
                break;
            case 5:
                Show(packet, new AuthorizationValue(value.Proof, packet.Token), Random.Next(2) == 0 ? packet.Method : CallMaker.OtherMethod, default);
                break;
            case 6:
                Steal(packet);
                break;
            default:
                Show(packet, packet.Header, packet.Method, packet.Body, "as it was");
                break;
        }
    }

    /// <summary>What becomes of an answer on its way; null: it never comes.</summary>
    public Reply? Tamper(Reply reply)
    {
        switch (Random.Next(36))
        {
            case 0:
                return null;
            case 1:
                return Reply.Broken;
            case 2 or 3 or 4:
                return Reply.Refused(Grpc.Core.StatusCode.Unauthenticated, new RefusalValue(KerberosErrorNames.ToWireName(KerberosError.SessionUnknown)).Format());
            case 5:
                return Reply.Refused(Grpc.Core.StatusCode.Unauthenticated, Forged());
            case 6:
                return world.Pick(world.CapturedReplies);
            case 7 when reply.Headers is not null && reply.Error is null:
                return reply with { Headers = new Grpc.Core.Metadata() };
            case 8 when reply.Headers is { } headers && reply.Error is null:
                var both = new Grpc.Core.Metadata { { KerberosMetadata.WwwAuthenticate, new RefusalValue(KerberosErrorNames.ToWireName(KerberosError.SessionUnknown)).Format() } };
                foreach (var entry in headers) both.Add(entry);
                return reply with { Headers = both };
            case 9:
                return Reply.Ok(world.Pick(world.CapturedReplies).Headers?.Get(KerberosMetadata.AuthenticationInfo)?.Value, [1]);
            default:
                return reply;
        }
    }

    /// <summary>A refusal in its own words, with proofs taken from others.</summary>
    private string Forged()
    {
        var captured = world.Pick(world.CapturedReplies).Headers?.Get(KerberosMetadata.WwwAuthenticate)?.Value;
        var name = world.Pick(s_errors);
        return captured is not null && RefusalValue.TryParse(captured, out var real) ? (real with { Error = name }).Format() : new RefusalValue(name).Format();
    }

    /// <summary>Puts his own proof and the client's token together, or the other way round, or calls for himself.</summary>
    private void Steal(Packet packet)
    {
        var method = packet.Method == EstablishMessage.Path ? CallMaker.OtherMethod : packet.Method;
        PreparedCall own;
        try
        {
            own = world.Thief.Prepare(method, TimeSpan.Zero);
        }
        catch (KerberosException)
        {
            return;
        }

        var value = packet.Value;
        var his = new Packet(-1, null, new AuthorizationValue(own.Proof, own.Token!.Encoded).Format(), method, default, packet.Link, world.Elapsed, World.Mallory);
        switch (Random.Next(3))
        {
            case 0:
                Show(his, new AuthorizationValue(own.Proof, own.Token!.Encoded), method, default);
                break;
            case 1:
                Show(packet, new AuthorizationValue(value.Proof, own.Token!.Encoded), method, default);
                break;
            default:
                Show(his, new AuthorizationValue(own.Proof, packet.Token), method, default);
                break;
        }
    }

    private Packet AnyPacket()
    {
        var from = Math.Max(0, world.Captured.Count - Recent);
        return world.Captured[Random.Next(from, world.Captured.Count)];
    }

    private void Show(Packet proof, AuthorizationValue value, string method, ReadOnlyMemory<byte> body)
    {
        if (value.Proof is null && value.Token.IsEmpty) return;
        Show(proof, value.Format(), method, body, "put together");
    }

    private void Show(Packet? proof, string header, string method, ReadOnlyMemory<byte> body, string how) =>
        world.Show($"ATTACKER shows {proof?.ToString() ?? "a token"}, {how},", world.Pick(world.Replicas), header, method, body, world.Pick(_links), proof);
}
