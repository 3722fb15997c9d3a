using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Whether response headers prove the server, and what such an answer teaches.</summary>
internal static class AnswerProof
{
    /// <summary>[1] of a NegotiationToken: a NegTokenResp (RFC 4178 section 4.2).</summary>
    private const byte ResponseTag = 0xA1;

    /// <summary>Whether they answer one of the attempts. Such an answer has run; nothing else in it is looked at.</summary>
    public static bool Proves(Metadata headers, AttemptCredentials attempts)
    {
        if (AnsweredByMic(headers, attempts) is not { } answered)
        {
            // A stock acceptor's: each attempt gets a token of its own, so there is nothing else to learn.
            if (!IsForeign(headers, attempts, out answered)) return false;
            answered.Peer.MarkForeign();
        }

        // Only a correction under trial is kept: an older call must not bring back what was corrected since.
        if (attempts.Offset is not null || answered.Peer.IsProposed(answered.Offset))
        {
            answered.Peer.Keep(answered.Offset);
            attempts.Client.Log.ClockOffset(answered.Offset, answered.Peer.Service);
        }

        attempts.ForgetAll();
        return true;
    }

    /// <summary>Whether a stock acceptor's answer is there, right or wrong; one that ends a negotiation without a KRB_AP_REP proves nothing, and is none.</summary>
    public static bool HasForeign(Metadata headers) => TryReadApRep(headers, out var apRep) ? !apRep.IsEmpty : OwnMetadata.Has(headers, KerberosMetadata.WwwAuthenticate, KerberosMetadata.Negotiate);

    private static Attempt? AnsweredByMic(Metadata headers, AttemptCredentials attempts)
    {
        if (!OwnMetadata.TryGetOne(headers, KerberosMetadata.AuthenticationInfo, out var text) || !AnswerValue.TryParse(text, out var answer)) return null;
        if (!attempts.TryFindAnswered(answer, out var answered, out var reply)) return null;
        // One that asserts a key of its own proves itself by K, and takes no other call by it.
        if (answered.Bound is null && reply?.AcceptorSubkey is null) answered.Peer.MarkPortable(answered.Session);
        return answered;
    }

    private static bool IsForeign(Metadata headers, AttemptCredentials attempts, [NotNullWhen(true)] out Attempt? answered)
    {
        answered = null;
        // A server of ours that refuses says so beside it: its KRB_AP_REP proves the refusal.
        if (!attempts.HasTokenAlone || OwnMetadata.Has(headers, KerberosMetadata.WwwAuthenticate, KerberosMetadata.Scheme) || !TryReadApRep(headers, out var apRep) || apRep.IsEmpty) return false;
        answered = attempts.Find(a => !a.Call.HasProof && a.Call.IsTimeRepliedBy(apRep, out _));
        return answered is not null;
    }

    private static bool TryReadApRep(Metadata headers, out ReadOnlyMemory<byte> apRep)
    {
        apRep = default;
        if (!OwnMetadata.TryGetOne(headers, KerberosMetadata.WwwAuthenticate, KerberosMetadata.Negotiate, out var text) || !NegotiateValue.TryParse(text, out var octets, out _)) return false;
        ReadOnlyMemory<byte> token = octets;
        if (octets[0] == ResponseTag)
        {
            if (!Spnego.TryReadResponse(octets, out var response, out _) || response.State == SpnegoState.Reject) return false;
            token = response.ResponseToken;
            if (token.IsEmpty) return true;
        }

        if (!GssFrame.TryUnwrap(token, out var message, out _) || message.Kind != GssMessage.ApRep) return false;
        apRep = message.Message;
        return true;
    }
}
