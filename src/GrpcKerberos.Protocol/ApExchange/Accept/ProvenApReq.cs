using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 5: the token belongs to this very call (id, MIC, time), or it came alone and will run nothing.</summary>
internal sealed class ProvenApReq
{
    private ProvenApReq(CheckedApReq request, SessionId? session, SessionKeys? keys, bool mayRun)
    {
        Request = request;
        Session = session;
        Keys = keys;
        MayRun = mayRun;
    }

    public CheckedApReq Request { get; }

    /// <summary>The id of the session K and the ticket make; null where the client proposed no K.</summary>
    public SessionId? Session { get; }

    public SessionKeys? Keys { get; }

    /// <summary>False for a token that came alone: whoever read it could have sent it, to any method.</summary>
    public bool MayRun { get; }

    public static Step<ProvenApReq> Prove(CheckedApReq request, AcceptorPolicy policy, KerberosTime now)
    {
        var received = request.Opened.Ticket.Received;
        var proof = received.Call.Proof;
        if (proof is null && request.DemandsMic) return Refuse(request, ApRejection.MicMissing, "the token demands a MIC, and none came with it");
        if (request.Subkey is not { } subkey)
        {
            return proof is null && (policy.UnsafeCallsOnTokenAlone || request.IsChannelBound)
                ? new ProvenApReq(request, null, null, mayRun: true)
                : Refuse(request, ApRejection.NoSubkey, "the authenticator holds no subkey, and the ticket's session key proves no call. Next: let the client propose one.");
        }

        var id = SessionId.Derive(subkey, received.Message.Ticket.Encoded.Span);
        var keys = new SessionKeys(subkey);
        if (proof is null) return new ProvenApReq(request, id, keys, policy.UnsafeCallsOnTokenAlone || request.IsChannelBound);
        if (!proof.Session.Equals(id)) return Refuse(request, ApRejection.SessionMismatch, "the session named is not that of the token");
        var input = MicInput.Call(id, proof.Time, received.Call.Method, [], received.Call.Token.Span);
        if (!keys.VerifyCall(proof.Mic.Span, input)) return Refuse(request, ApRejection.MicInvalid, $"the MIC is not that of this token, session, time and {received.Call.Method}");
        if ((now - proof.Time).Duration() > policy.MaxClockSkew) return Refuse(request, ApRejection.CallTimeSkew, $"the call says it is {proof.Time}, now is {now}");
        return new ProvenApReq(request, id, keys, mayRun: true);
    }

    private static ApRefusal Refuse(CheckedApReq request, ApRejection cause, string detail) => ApRefusal.Of(cause, detail, request.Opened.Content);
}
