using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>The real acceptor with one rule undone around it.</summary>
internal sealed class FaultyReplica(World world, int index, Fault fault) : Replica(world, index)
{
    private static readonly ProcessSecret s_secret = new();

    public override void Press(int most)
    {
        if (fault == Fault.ForgetsEarly) ForgetSessions();
        else base.Press(most);
    }

    protected override AcceptorClock NewClock()
    {
        if (fault != Fault.IgnoresStart) return base.NewClock();
        var offset = Time.Offset;
        Time.Offset = offset - TimeSpan.FromHours(1);
        var clock = base.NewClock();
        Time.Offset = offset;
        return clock;
    }

    protected override ProcessSecret NewSecret() => fault == Fault.KeepsSecret ? s_secret : base.NewSecret();

    protected override Connection ConnectionOf(Link link) => fault == Fault.TakesClearCallsOverTls && link == Link.Tls ? Connection.Portable : base.ConnectionOf(link);

    protected override CallJudgement JudgeBySession(IncomingCall call, CallProof proof)
    {
        var judged = base.JudgeBySession(call, proof);
        if (judged.Refused is not { } refused || !Sessions.TryFind(proof.Session, out var session)) return judged;
        var undone = (fault, refused.Cause) switch
        {
            (Fault.RunsRepeats, ApRejection.NumberRepeated) => true,
            (Fault.IgnoresTime, ApRejection.CallTimeSkew) => session.Window.Take(proof.Number!.Value, Now, isTimely: true, tokenHeldGood: false) == NumberVerdict.Run,
            (Fault.IgnoresFloor, ApRejection.SessionUnknown) => Take(session, proof, call),
            _ => false,
        };
        return undone ? new AcceptedCall(session, session.Keys.SignAnswer(proof.Number!.Value, new ReplyInput(proof.Mic.Span, default)), null) : judged;
    }

    protected override CallJudgement Admit(IncomingCall call, AcceptedExchange exchange)
    {
        if (fault == Fault.RaisesBoundFloor && exchange.IsServerBound) Sessions.Add(WithFloor(exchange), Now, out _);
        return base.Admit(call, exchange);
    }

    private bool Take(AcceptorSession session, in CallProof proof, IncomingCall call) =>
        session.Keys.VerifyCall(proof.Mic, new CallInput(proof.Session, proof.Time, call.Method, [], []))
        && session.Window.Take(proof.Number!.Value, Now, (Now - proof.Time).Duration() <= Setting.Skew, tokenHeldGood: true) == NumberVerdict.Run;

    private AcceptorSession WithFloor(AcceptedExchange exchange)
    {
        var number = exchange.Authenticator.SequenceNumber!.Value;
        return new AcceptorSession(new SessionDescription
        {
            Id = exchange.Session,
            Keys = exchange.Keys,
            Window = new NumberWindow(number, number),
            Client = exchange.Client,
            Service = exchange.Service,
            KeyVersion = exchange.KeyVersion,
            TicketEncryptionType = exchange.TicketEncryptionType,
            AuthTime = exchange.Ticket.AuthTime,
            TicketEnds = exchange.Ticket.EndTime,
            Born = Now,
            IsServerBound = true,
        });
    }
}
