using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What the peer is told of a refusal: the error's name, and, once its authenticator or its session was opened, a KRB-ERROR and a MIC that prove it.</summary>
internal sealed class ProvedRefusal
{
    public required string Name { get; init; }

    public byte[]? KrbError { get; init; }

    public Mic Mic { get; init; }

    /// <summary>PROVE alone: the session to come again under.</summary>
    public SessionId? Session { get; init; }

    /// <summary>PROVE alone: the KRB_AP_REP, which is its proof.</summary>
    public byte[]? ApRep { get; init; }

    /// <summary>A refusal of a token; proved by K where the authenticator that holds it was opened.</summary>
    public static ProvedRefusal Make(ApRefusal refusal, IncomingCall call, KerberosPrincipal service, KerberosTime now)
    {
        var name = refusal.Cause.WireName();
        if (refusal.Authenticator is not { } authenticator) return new ProvedRefusal { Name = name };
        // ctime and cusec are given back: a client without a MIC key believes a time correction only from who could read them.
        var error = new KrbError(refusal.Cause.Code(), now, service, authenticator.ClientTime).Encode();
        if (authenticator.Subkey is not { } key || !EncryptionProfile.FitsSession(key)) return new ProvedRefusal { Name = name, KrbError = error };
        using var subkey = new Subkey(key.Type, key.Value.Span);
        using var keys = new SessionKeys(subkey, KeyOwner.Initiator);
        return Sign(name, error, call.Proof, keys);
    }

    /// <summary>A refusal of a call whose session is known, proved by the session.</summary>
    public static ProvedRefusal Make(ApRefusal refusal, CallProof proof, SessionKeys keys, KerberosPrincipal service, KerberosTime now) =>
        Sign(refusal.Cause.WireName(), new KrbError(refusal.Cause.Code(), now, service).Encode(), proof, keys);

    /// <summary>The exchange is good, and the call must come again, proved by the session it made.</summary>
    public static ProvedRefusal Prove(AcceptedExchange exchange) =>
        new() { Name = ApRejection.ProofWanted.WireName(), Session = exchange.Session, ApRep = exchange.ApRep };

    private static ProvedRefusal Sign(string name, byte[] error, CallProof? given, SessionKeys keys)
    {
        if (given is not { Number: { } number } proof) return new ProvedRefusal { Name = name, KrbError = error };
        return new ProvedRefusal { Name = name, KrbError = error, Mic = keys.SignAnswer(number, new ErrorInput(proof.Mic.Span, name, error)) };
    }
}
