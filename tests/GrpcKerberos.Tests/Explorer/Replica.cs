using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One replica of the service: the real acceptor, sessions, replay cache and clock of one process after the other.</summary>
internal class Replica
{
    public const int Capacity = 32;

    private readonly AcceptorPolicy _policy;
    private readonly World _world;
    private ApAcceptor? _exchanges;

    public Replica(World world, int index)
    {
        _world = world;
        Name = $"R{index + 1}";
        Time = new MachineTime(world.Time, world.Setting.Replicas[index] * Setting.Skew);
        _policy = new AcceptorPolicy { StrictStart = world.Setting.StrictStart, MaxClockSkew = world.Setting.ServerSkew };
    }

    public string Name { get; }

    public MachineTime Time { get; }

    /// <summary>Which process it is by now.</summary>
    public int Incarnation { get; private set; }

    /// <summary>How far its clock was set back, in all.</summary>
    public TimeSpan SteppedBack { get; private set; }

    public SessionCache Sessions { get; private set; } = null!;

    public MemoryReplayCache Replays { get; private set; } = null!;

    public KerberosTime Now => Calls.Now();

    protected CallAcceptor Calls { get; private set; } = null!;

    /// <summary>A new process: all that was known is gone.</summary>
    public void Restart()
    {
        Incarnation++;
        Replays = new MemoryReplayCache(Time);
        _exchanges = new ApAcceptor(_policy, Replays, NewClock(), NewSecret());
        ForgetSessions();
    }

    public void StepBack(TimeSpan by)
    {
        // The process has seen the time it had; one that nobody asked for would not notice.
        Calls.Now();
        Time.Offset -= by;
        SteppedBack += by;
        Calls.Now();
    }

    /// <summary>A request as it comes off the wire: its header, its path, the token of an Establish's body.</summary>
    public (Reply Reply, AcceptedCall? Ran) Receive(string text, string method, ReadOnlyMemory<byte> body, Link link)
    {
        var header = CallHeader.Read(text, _policy.MaxTokenBytes, acceptNegotiate: false);
        if (header.Value is not { } value) return (Reply.Refused(header.Refusal!.Status, header.Refusal.Challenge), null);
        var isEstablish = method == EstablishMessage.Path;
        var call = new IncomingCall(isEstablish ? body : value.Token, value.Proof, method) { Connection = ConnectionOf(link), IsEstablish = isEstablish };
        var judgement = Judge(call);
        if (judgement.Refused is { } refused) return (Reply.Refused(refused), null);
        var accepted = judgement.Accepted!;
        return isEstablish
            ? (Reply.Ok(new AnswerValue(accepted.Mic, default).Format(), Established(accepted)), null)
            : (Reply.Ok(new AnswerValue(accepted.Mic, accepted.ApRep).Format(), [1]), accepted);
    }

    /// <summary>Other clients' sessions come, until the store has no room for one more.</summary>
    public virtual void Press(int most)
    {
        for (var i = 0; i < most && Sessions.Add(_world.Crowd.NewSession(Now), Now, out _) == Admission.Added; i++)
        {
        }
    }

    /// <summary>All sessions are gone, in use or not; what no process does.</summary>
    protected void ForgetSessions()
    {
        Sessions = new SessionCache(Capacity, _policy.MaxClockSkew);
        Calls = new CallAcceptor(_exchanges!, Sessions, World.Service);
    }

    protected virtual AcceptorClock NewClock() => new(Time);

    protected virtual ProcessSecret NewSecret() => new();

    protected virtual Connection ConnectionOf(Link link) => link switch
    {
        Link.Tls => new Connection(Portability.OverTls, []),
        Link.Clear => new Connection(Portability.Never, []),
        _ => Connection.Portable,
    };

    protected virtual CallJudgement JudgeBySession(IncomingCall call, CallProof proof) => Calls.JudgeBySession(proof, call.Method, call.Token.Span, call.Connection);

    protected virtual CallJudgement Admit(IncomingCall call, AcceptedExchange exchange) => Calls.Admit(call, exchange, state: null);

    private CallJudgement Judge(IncomingCall call)
    {
        if (call.Proof is { } proof)
        {
            var judged = JudgeBySession(call, proof);
            if (!judged.NeedsToken) return judged;
        }

        var judging = Calls.JudgeByTokenAsync(call, _world.Keytab, CancellationToken.None);
        var (exchange, refused) = judging.IsCompleted ? judging.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits for something.");
        return exchange is null ? refused! : Admit(call, exchange);
    }

    private static byte[] Established(AcceptedCall accepted) => PayloadOf(new EstablishResponse
    {
        Token = Google.Protobuf.ByteString.CopyFrom(accepted.ApRep ?? []),
        Session = Google.Protobuf.ByteString.CopyFrom(accepted.Session!.Id.ToArray()),
    });

    private static byte[] PayloadOf(Google.Protobuf.IMessage message) => Google.Protobuf.MessageExtensions.ToByteArray(message);
}
