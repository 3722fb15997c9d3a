using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What the peer is told of a refusal: the error's name, and, once its authenticator was opened, a KRB-ERROR and a MIC that prove it.</summary>
internal sealed class ProvedRefusal
{
    private ProvedRefusal(string name, byte[]? krbError, byte[]? mic)
    {
        Name = name;
        KrbError = krbError;
        Mic = mic;
    }

    public string Name { get; }

    public byte[]? KrbError { get; }

    public byte[]? Mic { get; }

    public static ProvedRefusal Make(ApRefusal refusal, IncomingCall call, KerberosPrincipal service, KerberosTime now)
    {
        var name = refusal.Cause.Error().ToWireName();
        if (refusal.Authenticator is not { } authenticator) return new ProvedRefusal(name, null, null);
        // ctime and cusec are given back: a client without a MIC key believes a time correction only from who could read them.
        var error = new KrbError(refusal.Cause.Code(), now, service, authenticator.ClientTime, authenticator.Client.Realm, authenticator.Client.Name).Encode();
        return new ProvedRefusal(name, error, Sign(authenticator, call, name, error));
    }

    private static byte[]? Sign(Authenticator authenticator, IncomingCall call, string name, byte[] error)
    {
        if (authenticator.Subkey is not { } key || !EncryptionProfile.Fits(key)) return null;
        if (call.Proof is not { Number: { } number } proof) return null;
        using var subkey = new Subkey(key.Type, key.Value.Span);
        using var keys = new SessionKeys(subkey);
        return keys.SignAnswer(number, MicInput.Error(proof.Mic.Span, name, error));
    }
}
