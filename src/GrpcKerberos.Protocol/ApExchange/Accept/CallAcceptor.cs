using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The rules of sessions, by their numbers in protos/README.md: a call is judged by the session it names, by the token it carries, or by both.</summary>
/// <param name="exchanges">Judges tokens.</param>
/// <param name="sessions">The sessions known here.</param>
/// <param name="service">The name KRB-ERRORs give as the server's.</param>
internal sealed class CallAcceptor(ApAcceptor exchanges, SessionCache sessions, KerberosPrincipal service)
{
    public AcceptorPolicy Policy => exchanges.Policy;

    public KerberosPrincipal Service => service;

    public KerberosTime Now() => exchanges.Now();

    /// <summary>Rules 1 to 5, 7 and 8: all that needs no token to be opened, and for most calls all there is.</summary>
    public CallJudgement JudgeBySession(in CallProof proof, string method, ReadOnlySpan<byte> token, Connection connection)
    {
        if (!TryFind(proof.Session, connection, out var session)) return Unknown(token, "the session it names is not known here");
        if (!session.Keys.VerifyCall(proof.Mic, new CallInput(proof.Session, proof.Time, method, session.ChannelBinding.Span, token)) || proof.Number is not { } number)
            return Refuse(session, proof, ApRejection.MicInvalid, $"the MIC is not that of this session, time, token and {method}");
        var now = Now();
        var isTimely = IsTimely(proof, now);
        if (!session.IsLive(now))
        {
            // What ran must not be told to come again: where the principal was ended its client would send it anew, under another ticket.
            return session.Window.Look(number, isTimely) is (NumberVerdict.Repeat or NumberVerdict.Late) and var seen
                ? Conclude(seen, session, proof, number, apRep: null)
                : Unknown(token, "the session has ended");
        }

        var verdict = session.Take(number, now, isTimely, tokenHeldGood: false);
        return verdict == NumberVerdict.BelowFloor
            ? Unknown(token, "the call is older than the session")
            : Conclude(verdict, session, proof, number, apRep: null);
    }

    /// <summary>Rules 6 and 9, first half: the token passes every check of the exchange. Nothing is stored yet but that it was seen.</summary>
    public async ValueTask<(AcceptedExchange? Exchange, RefusedCall? Refused)> JudgeByTokenAsync(IncomingCall call, Keytab keytab, CancellationToken cancellationToken)
    {
        var step = await exchanges.AcceptAsync(call, keytab, cancellationToken).ConfigureAwait(false);
        return step.Passed(out var exchange, out var refusal)
            ? (exchange, null)
            : (null, Refuse(call, refusal));
    }

    /// <summary>Rules 6 and 9, second half: the session is added if absent, never replaced, and the call takes its number there.</summary>
    /// <param name="call">The call.</param>
    /// <param name="exchange">What its token came to.</param>
    /// <param name="state">What the application keeps with a new session.</param>
    public CallJudgement Admit(IncomingCall call, AcceptedExchange exchange, object? state)
    {
        while (true)
        {
            var now = Now();
            if (!TryAdd(exchange, state, now, out var session, out var refusal)) return Refuse(call, refusal);
            if (call.Proof is not { Number: { } number } proof)
            {
                return call.IsEstablish || Policy.RunsOnTokenAlone(exchange.Binding)
                    ? new AcceptedCall(session, default, exchange.ApRep)
                    : Prove(exchange, "the token came alone");
            }

            if (exchange.IsServerBound) return call.IsEstablish ? Answer(call, exchange, session) : Prove(exchange, "the session is server-bound");
            // A token too large for a header comes in a message, under the number of the call it is brought for: that call has yet to come.
            var verdict = call.IsEstablish
                ? session.Window.Admit(number, IsTimely(proof, now))
                : session.Take(number, now, IsTimely(proof, now), tokenHeldGood: true);
            // Below the floor in spite of its token: the session was idle and is forgotten just now. The next one is new.
            if (verdict != NumberVerdict.BelowFloor) return Conclude(verdict, session, proof, number, exchange.ApRep);
        }
    }

    /// <summary>Proves the server by K, under which the token came, whether or not the call runs.</summary>
    public static AcceptedCall Answer(IncomingCall call, AcceptedExchange exchange, AcceptorSession? session) => new(
        session,
        call.Proof is { Number: { } number } proof ? exchange.ProofKeys!.SignAnswer(number, new ReplyInput(proof.Mic.Span, exchange.ApRep)) : default,
        exchange.ApRep);

    /// <summary>Of a token that keys or settings let in which are not those in use any more.</summary>
    public static CallJudgement Overtaken(AcceptedExchange exchange) =>
        Unknown([], $"the keys or settings changed while the token of {exchange.Client} was judged");

    /// <summary>What the application keeps with the session that an exchange makes, where it is known and has not ended.</summary>
    public object? StateOf(AcceptedExchange exchange) => sessions.TryFind(exchange.Session, out var session) && session.IsLive(Now()) ? session.State : null;

    /// <summary>The session known under an id, where this connection may use it.</summary>
    /// <remarks>A portable one on a connection that others may read would be theirs to carry to the next replica; another TLS channel is another session.</remarks>
    private bool TryFind(in SessionId id, Connection connection, [NotNullWhen(true)] out AcceptorSession? session) =>
        sessions.TryFind(id, out session)
        && (session.IsServerBound || connection.Portability != Portability.Never)
        && (session.ChannelBinding.IsEmpty || IsBoundTo(session.ChannelBinding.Span, connection.ChannelBindings));

    private static bool IsBoundTo(ReadOnlySpan<byte> binding, IReadOnlyList<ChannelBinding> connections)
    {
        foreach (var connection in connections)
        {
            if (System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(connection.EndPointHash.Span, binding)) return true;
        }

        return false;
    }

    private bool TryAdd(AcceptedExchange exchange, object? state, KerberosTime now, out AcceptorSession session, [NotNullWhen(false)] out ApRefusal? refusal)
    {
        var candidate = SessionBirth.Of(exchange, Policy, now, state);
        var admission = sessions.Add(candidate, now, out session, exchange.Sibling);
        refusal = SessionBirth.Refusal(admission, exchange);
        // All checks were passed again; what the session has seen stays seen.
        if (admission == Admission.Existing && !session.IsLive(now))
        {
            session.State = state;
            session.Revive(candidate.Ends, now);
        }

        return refusal is null;
    }

    private CallJudgement Conclude(NumberVerdict verdict, AcceptorSession session, in CallProof proof, ulong number, byte[]? apRep) => verdict switch
    {
        NumberVerdict.Run => new AcceptedCall(session, session.Keys.SignAnswer(number, new ReplyInput(proof.Mic.Span, apRep)), apRep),
        NumberVerdict.Repeat => Refuse(session, proof, ApRejection.NumberRepeated, $"call {number} of {session.Client} was run before"),
        NumberVerdict.Skew => Refuse(session, proof, ApRejection.CallTimeSkew, $"the call of {session.Client} says it is {proof.Time}, now is {Now()}"),
        NumberVerdict.Late => Refuse(session, proof, ApRejection.NumberLate, $"call {number} of {session.Client} comes too late to tell whether it was run"),
        _ => Refuse(session, proof, ApRejection.NumberOutOfRange, $"{session.Client} numbers its call {number}"),
    };

    private RefusedCall Refuse(AcceptorSession session, in CallProof proof, ApRejection cause, string detail)
    {
        var refusal = ApRefusal.Of(cause, detail);
        return new RefusedCall(refusal, ProvedRefusal.Make(refusal, proof, session.Keys, service, Now())) { Client = session.Client };
    }

    private RefusedCall Refuse(IncomingCall call, ApRefusal refusal) => new(refusal, ProvedRefusal.Make(refusal, call, service, Now()));

    private static RefusedCall Prove(AcceptedExchange exchange, string why) =>
        new(ApRefusal.Of(ApRejection.ProofWanted, $"{exchange.Client} must send its call again, proved by the session: {why}", exchange.Authenticator), ProvedRefusal.Prove(exchange));

    private static CallJudgement Unknown(ReadOnlySpan<byte> token, string why)
    {
        if (!token.IsEmpty) return default;
        var refusal = ApRefusal.Of(ApRejection.SessionUnknown, why);
        return new RefusedCall(refusal, new ProvedRefusal { Name = refusal.Cause.WireName() });
    }

    private bool IsTimely(in CallProof proof, KerberosTime now) => (now - proof.Time).Duration() <= Policy.MaxClockSkew;
}
