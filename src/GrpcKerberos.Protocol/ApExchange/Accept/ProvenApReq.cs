using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Step 5: the token belongs to this very call (id, MIC, time), or it came alone and will run nothing.</summary>
internal sealed class ProvenApReq
{
    private ProvenApReq(CheckedApReq request, SessionId? proposed, SessionKeys? keys)
    {
        Request = request;
        Proposed = proposed;
        Keys = keys;
    }

    public CheckedApReq Request { get; }

    /// <summary>The id of the session that K and the ticket make; null where the client proposed no K.</summary>
    public SessionId? Proposed { get; }

    /// <summary>K's MIC keys.</summary>
    public SessionKeys? Keys { get; }

    public static Step<ProvenApReq> Prove(CheckedApReq request, AcceptorPolicy policy, KerberosTime now)
    {
        var received = request.Opened.Ticket.Received;
        var proof = received.Call.Proof;
        if (proof is null && request.DemandsMic) return Refuse(request, ApRejection.MicMissing, "the token demands a MIC, and none came with it");
        if (LearnsNoSubkey(request, policy))
            return Refuse(request, ApRejection.NoSubkey, "the session is server-bound, its key stands in the KRB_AP_REP, and the GSS-API client asks for none. Next: let it ask for mutual authentication (GSS_C_MUTUAL_FLAG), or call over TLS.");
        if (request.Subkey is not { } subkey)
        {
            if (proof is not null) return Refuse(request, ApRejection.NoSubkey, "the authenticator holds no subkey, and the ticket's session key proves no call. Next: let the client propose one.");
            return received.Message.Options.HasFlag(ApOptions.MutualRequired) || policy.RunsOnTokenAlone(request.Binding)
                ? new ProvenApReq(request, null, null)
                : Refuse(request, ApRejection.NoSubkey, "the authenticator holds no subkey, and the client asks for no answer that could hold one. Next: let it propose one, or ask for mutual authentication.");
        }

        var id = SessionId.Derive(subkey, received.Message.Ticket.Encoded.Span);
        var keys = new SessionKeys(subkey, KeyOwner.Initiator);
        if (proof is not { } given) return new ProvenApReq(request, id, keys);
        if (!given.Session.Equals(id)) return Refuse(request, ApRejection.SessionMismatch, "the session named is not that of the token");
        var binding = request.Binding is { } bound ? bound.EndPointHash.Span : [];
        if (!keys.VerifyCall(given.Mic, new CallInput(id, given.Time, received.Call.Method, binding, received.Call.Token.Span)))
            return Refuse(request, request.IsBoundElsewhere ? ApRejection.ChannelBindingMissing : ApRejection.MicInvalid, NotThisCalls(request, received.Call.Method));
        if ((now - given.Time).Duration() > policy.MaxClockSkew) return Refuse(request, ApRejection.CallTimeSkew, $"the call says it is {given.Time}, now is {now}");
        return new ProvenApReq(request, id, keys);
    }

    private static string NotThisCalls(CheckedApReq request, string method) => request.IsBoundElsewhere
        ? "the MIC covers the TLS channel the client sees, which this server does not look at. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates; else let ChannelBinding be WhenSent."
        : $"the MIC is not that of this token, session, time and {method}";

    /// <summary>A GSS-API context that asked for no KRB_AP_REP is whole without one, and cannot take in the subkey of one that comes all the same.</summary>
    private static bool LearnsNoSubkey(CheckedApReq request, AcceptorPolicy policy)
    {
        var received = request.Opened.Ticket.Received;
        return request.IsServerBound
            && received.Call.Framing != TokenFraming.ApReq
            && !received.Message.Options.HasFlag(ApOptions.MutualRequired)
            && (received.Call.IsEstablish || !policy.RunsOnTokenAlone(request.Binding));
    }

    private static ApRefusal Refuse(CheckedApReq request, ApRejection cause, string detail) => ApRefusal.Of(cause, detail, request.Opened.Content);
}
