using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Decides about the answer to one call: proved, to be sent again, or failed.</summary>
/// <param name="attempts">What was sent.</param>
/// <param name="canRepeat">Whether the request can be sent again: unary and server streaming.</param>
internal sealed class ResponseJudge(AttemptCredentials attempts, bool canRepeat)
{
    private bool _corrected;
    private bool _renewed;

    private KerberosClient Client => attempts.Client;

    private bool MayRepeat => canRepeat && attempts.MayRepeat;

    /// <summary>Whether the headers prove the server by one of the attempts. Such an answer has run; nothing else in it is looked at.</summary>
    public bool Proves(Metadata headers)
    {
        if (!OwnMetadata.TryGetOne(headers, KerberosMetadata.AuthenticationInfo, out var text) || !AnswerValue.TryParse(text, out var answer)) return false;
        if (!attempts.TryFind(c => c.IsAnsweredBy(answer.Mic.Span, answer.Token), out var answered)) return false;
        // Only a correction under trial is kept: an older call must not bring back what was corrected since.
        if (_corrected || answered.Peer.IsProposed(answered.Offset))
        {
            answered.Peer.Keep(answered.Offset);
            Client.Log.ClockOffset(answered.Offset, answered.Peer.Service);
        }

        attempts.ForgetAll();
        return true;
    }

    /// <summary>What becomes of an answer without proof.</summary>
    /// <param name="headers">The response headers, where any came.</param>
    /// <param name="hasMessage">Whether a message came.</param>
    /// <param name="error">How it ended; null where with OK.</param>
    public Verdict Judge(Metadata? headers, bool hasMessage, Exception? error)
    {
        if (error is not null and not RpcException) return Verdict.Fail(error);
        var rpc = (RpcException?)error;
        if (rpc is not null && (RpcErrors.IsOurs(rpc) || RpcErrors.PassesUnproved(rpc.StatusCode))) return Verdict.Fail(OwnMetadata.TakeOut(rpc));
        if (attempts.Latest is not { } latest) return Fail(KerberosError.ProofSkipped, ClientMessages.ProofSkipped);
        if (rpc?.StatusCode == StatusCode.Unauthenticated && !hasMessage && headers is not null && Refusal.TryRead(headers, out var refusal)) return Judge(refusal, latest);
        var isAbsent = headers is null || !OwnMetadata.Has(headers, KerberosMetadata.AuthenticationInfo);
        if (!Client.Settings.RequireMutualAuthentication && isAbsent) return rpc is null ? Verdict.Pass : Verdict.Fail(OwnMetadata.TakeOut(rpc));
        return NotProven(latest, isAbsent);
    }

    private Verdict Judge(Refusal refusal, Attempt latest)
    {
        if (!refusal.IsProvedFor(attempts, out var refused)) return refusal.NeedsProof ? NotProven(latest, isAbsent: true) : Refuse(refusal, latest, isProved: false);
        return refusal.Error switch
        {
            KerberosError.ClockSkew => JudgeSkew(refusal, refused),
            KerberosError.TicketExpired when MayRepeat && !_renewed => Renew(refusal, refused),
            _ => Refuse(refusal, refused, isProved: true),
        };
    }

    /// <summary>The server opened the attempt and says what time it is: once a call our clock for it is set by that.</summary>
    private Verdict JudgeSkew(Refusal refusal, Attempt refused)
    {
        refused.Peer.Withdraw();
        if (_corrected || refusal.ReadKrbError() is not { } error) return Refuse(refusal, refused, isProved: true);
        _corrected = true;
        var offset = refused.Offset + (error.ServerTime - refused.Call.Time);
        if (!MayRepeat)
        {
            refused.Peer.Propose(offset);
            Client.Log.ProofRefused(refused.Peer.Service, attempts.Method, refusal.Error);
            return Fail(KerberosError.ClockSkew, ClientMessages.SkewBeforeCorrection(refused, error));
        }

        attempts.Repeat(refused, offset);
        return Again(refusal, refused);
    }

    private Verdict Renew(Refusal refusal, Attempt refused)
    {
        _renewed = true;
        Client.Tickets.Forget(refused.Session.Ticket);
        return Again(refusal, refused);
    }

    private Verdict Again(Refusal refusal, Attempt refused)
    {
        Client.Log.CallResent(refused.Peer.Service, attempts.Method, refusal.Error);
        return Verdict.SendAgain;
    }

    private Verdict Refuse(Refusal refusal, Attempt refused, bool isProved)
    {
        if (refusal.Error is KerberosError.TicketRefused or KerberosError.TicketExpired) Client.Tickets.Forget(refused.Session.Ticket);
        if (refusal.Error == KerberosError.Replayed) refused.Peer.Drop(refused.Session);
        Client.Log.ProofRefused(refused.Peer.Service, attempts.Method, refusal.Error);
        var error = new KerberosException(refusal.Error, ClientMessages.Refused(refusal.Error, refused, attempts.Method, refusal.ReadKrbError()));
        // Another status than UNAUTHENTICATED would be the server's word, and needs its proof.
        return Verdict.Fail(isProved ? RpcErrors.From(error) : RpcErrors.From(error, StatusCode.Unauthenticated));
    }

    private Verdict NotProven(Attempt latest, bool isAbsent)
    {
        latest.Peer.Withdraw();
        Client.Log.ServerNotProven(latest.Peer.Service, attempts.Method);
        return Fail(KerberosError.ServerNotProven, ClientMessages.ServerNotProven(latest.Peer.Service, isAbsent));
    }

    private static Verdict Fail(KerberosError error, string text) => Verdict.Fail(RpcErrors.From(new KerberosException(error, text)));
}
