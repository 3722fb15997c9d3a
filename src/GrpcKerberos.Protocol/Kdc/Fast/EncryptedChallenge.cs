using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc.Fast;

/// <summary>How client and KDC prove the client's long-term key to each other inside the armour (RFC 6113 section 5.4.6).</summary>
internal static class EncryptedChallenge
{
    /// <summary>The client's proof.</summary>
    public static PreAuthData Make(CombinedKey armor, LongTermKey longTerm, KerberosTime now)
    {
        using var key = CombinedKey.Combine(armor, "clientchallengearmor"u8, longTerm, "challengelongterm"u8);
        var cipher = key.Seal(KeyUsage.EncryptedChallengeOfClient, new PaEncTimestamp(now).Encode());
        return new PreAuthData(PreAuthType.EncryptedChallenge, new EncryptedData(key.Type, null, cipher).Encode());
    }

    /// <summary>The KDC's proof. That it opens is enough: the key is of this login alone, so no time in it could be an older one's.</summary>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: it is absent or wrong.</exception>
    /// <exception cref="DerException">It is malformed.</exception>
    public static void Verify(KdcAddress kdc, CombinedKey armor, LongTermKey longTerm, IReadOnlyList<PreAuthData> preAuth)
    {
        var found = preAuth.FirstOrDefault(static p => p.Type == PreAuthType.EncryptedChallenge)
            ?? throw KdcErrors.WrongReply(kdc, "the KDC does not prove that it has the client's key");
        using var key = CombinedKey.Combine(armor, "kdcchallengearmor"u8, longTerm, "challengelongterm"u8);
        var proof = EncryptedData.Decode(found.Value);
        if (proof.Type != key.Type || !key.TryOpen(KeyUsage.EncryptedChallengeOfKdc, proof.Cipher.Span, out var plaintext))
            throw KdcErrors.WrongReply(kdc, "the KDC's proof that it has the client's key is wrong");
        PaEncTimestamp.Decode(plaintext);
    }
}
