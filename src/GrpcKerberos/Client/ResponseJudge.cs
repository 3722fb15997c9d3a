using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Decides about an answer to one call that does not prove the server: to be sent again, or failed.</summary>
internal sealed class ResponseJudge(AttemptCredentials attempts)
{
    /// <summary>Each for another cause.</summary>
    private const int MostResends = 3;

    private int _resends;
    private bool _corrected;
    private int _reestablished;
    private bool _proved;
    private bool _rebound;

    private KerberosClient Client => attempts.Client;

    private string Method => attempts.Start.Method;

    private bool MayRepeat => _resends < MostResends && attempts.MayRepeat;

    /// <param name="headers">The response headers, where any came.</param>
    /// <param name="error">How it ended; null where with OK.</param>
    public Verdict Judge(Metadata? headers, Exception? error)
    {
        if (error is not null and not RpcException) return Verdict.Fail(error);
        var rpc = (RpcException?)error;
        if (rpc is not null && (RpcErrors.IsOurs(rpc) || RpcErrors.PassesUnproved(rpc.StatusCode))) return Verdict.Fail(OwnMetadata.TakeOut(rpc));
        if (attempts.Latest is not { } latest) return Verdict.Fail(RpcErrors.From(new KerberosException(KerberosError.ProofSkipped, ClientMessages.ProofSkipped)));
        if (Refusal.TryRead(headers, rpc, out var refusal)) return Judge(refusal, latest);
        var isAbsent = headers is null || !(OwnMetadata.Has(headers, KerberosMetadata.AuthenticationInfo) || (attempts.HasTokenAlone && AnswerProof.HasForeign(headers)));
        if (!Client.Settings.RequireMutualAuthentication && isAbsent) return rpc is null ? Verdict.Pass : Verdict.Fail(OwnMetadata.TakeOut(rpc));
        return NotProven(latest, isAbsent);
    }

    private Verdict Judge(Refusal refusal, Attempt latest)
    {
        if (refusal.IsProve) return JudgeProve(refusal, latest);
        if (attempts.Find(refusal.IsProvedFor) is { } refused)
        {
            return refusal.Error switch
            {
                KerberosError.ClockSkew => JudgeSkew(refusal, refused),
                KerberosError.ChannelBindingMismatch when MayRepeat && !_rebound && attempts.HasOtherChannel(refused) => Rebind(refusal, refused),
                KerberosError.TicketExpired when MayRepeat && _resends == 0 && refused.Session.Ticket is { } ticket && refused.Peer.MayForgetTicket(ticket, isProved: true) => Renew(refusal, refused, ticket),
                _ => Verdict.Fail(RefusedAttempt.End(Client, refusal, refused, Method, isProved: true)),
            };
        }

        if (refusal.NeedsProof) return NotProven(latest, isAbsent: true);
        if (refusal.Error == KerberosError.SessionUnknown) return JudgeUnknown(refusal, latest);
        return Verdict.Fail(RefusedAttempt.End(Client, refusal, latest, Method, isProved: false));
    }

    /// <summary>Anybody may say that a session is unknown: it costs a token, and under the same number nothing that ran runs again.</summary>
    private Verdict JudgeUnknown(Refusal refusal, Attempt latest)
    {
        // Only a call without a token can have met a server that needs one.
        var refused = attempts.Find(static a => !a.HasToken) ?? latest;
        if (refused.Bound is { } bound) refused.Peer.Drop(refused.Session, bound);
        else if (!refused.HasToken && !attempts.Start.CanRepeat) refused.Session.MarkUnknown();
        // A token that goes in a message may reach another replica than its call does.
        var most = refused.Session.IsTokenLarge ? MostResends : 1;
        if (_reestablished == most || refused.HasToken || !MayRepeat) return Verdict.Fail(RefusedAttempt.Unknown(Client, refused, Method));
        _reestablished++;
        return Again(refusal, new Resend(refused, AttemptForm.Token, null));
    }

    /// <summary>The server has opened our token, and proved it: the call comes again under the session it names.</summary>
    private Verdict JudgeProve(Refusal refusal, Attempt latest)
    {
        var mutual = Client.Settings.RequireMutualAuthentication;
        var refused = attempts.Find(a => refusal.SessionFor(a, mutual) is not null);
        if (refused is null || refusal.SessionFor(refused, mutual) is not { } proved) return NotProven(latest, isAbsent: true);
        var bound = proved.Bound is { } session ? refused.Peer.Keep(refused.Session, session) : null;
        if (bound is null) refused.Peer.MarkPortable(refused.Session);
        if (_proved || !MayRepeat) return Verdict.Fail(RefusedAttempt.Unknown(Client, refused, Method));
        _proved = true;
        attempts.EndTokensAlone();
        return Again(refusal, new Resend(refused, AttemptForm.Known, bound));
    }

    /// <summary>The server opened the attempt and says what time it is: once a call our clock for it is set by that.</summary>
    private Verdict JudgeSkew(Refusal refusal, Attempt refused)
    {
        refused.Peer.Withdraw();
        if (_corrected || refusal.ReadKrbError() is not { } error) return Verdict.Fail(RefusedAttempt.End(Client, refusal, refused, Method, isProved: true));
        _corrected = true;
        var offset = refused.OffsetBy(error.ServerTime, Client.Settings.TimeProvider);
        if (!MayRepeat)
        {
            refused.Peer.Propose(offset);
            Client.Log.ProofRefused(refused.Peer.Service, Method, refusal.Error);
            Client.Metrics.Refused(refusal.Name);
            return Verdict.Fail(RpcErrors.From(new KerberosException(KerberosError.ClockSkew, ClientMessages.SkewBeforeCorrection(refused, error))));
        }

        attempts.Offset = offset;
        return Again(refusal, new Resend(refused, refused.HasToken ? AttemptForm.Token : AttemptForm.Known, refused.Bound));
    }

    /// <summary>Another replica, or a certificate changed: the connection now has one that was not seen when the attempt was made.</summary>
    private Verdict Rebind(Refusal refusal, Attempt refused)
    {
        _rebound = true;
        return Again(refusal, new Resend(refused, AttemptForm.Token, null));
    }

    private Verdict Renew(Refusal refusal, Attempt refused, ServiceTicket ticket)
    {
        Client.Tickets.ForgetLogin(ticket);
        Client.Log.CallResent(refused.Peer.Service, Method, refusal.Error);
        Client.Metrics.Resent(refusal.Name);
        _resends++;
        return Verdict.SendAgain(Resend.Anew);
    }

    private Verdict Again(Refusal refusal, Resend resend)
    {
        Client.Log.CallResent(resend.Refused!.Peer.Service, Method, refusal.Error);
        Client.Metrics.Resent(refusal.Name);
        _resends++;
        return Verdict.SendAgain(resend);
    }

    private Verdict NotProven(Attempt latest, bool isAbsent) => Verdict.Fail(RefusedAttempt.NotProven(Client, latest, Method, isAbsent));
}
