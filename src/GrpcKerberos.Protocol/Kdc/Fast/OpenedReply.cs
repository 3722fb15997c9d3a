using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc.Fast;

/// <summary>A KDC's answer out of its armour (RFC 6113 sections 5.4.3 and 5.4.4). An answer without armour is not believed, whatever it says.</summary>
/// <remarks>Else who is on the way could answer in the KDC's place, and have the client prove itself in a way that he can try passwords on.</remarks>
internal sealed class OpenedReply : IDisposable
{
    private OpenedReply(KdcReply reply, IReadOnlyList<PreAuthData> preAuthData, Subkey? strengthenKey)
    {
        Reply = reply;
        PreAuthData = preAuthData;
        StrengthenKey = strengthenKey;
    }

    /// <summary>What was inside, in the place of what anybody could have written outside: the client's name, PA-DATA, the error.</summary>
    public KdcReply Reply { get; }

    public IReadOnlyList<PreAuthData> PreAuthData { get; }

    /// <summary>What the KDC adds to the reply key.</summary>
    public Subkey? StrengthenKey { get; }

    /// <param name="armor">The request's armour.</param>
    /// <param name="reply">The answer to it.</param>
    /// <param name="nonce">The request's.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: it is unarmoured, or answers something else.</exception>
    public static OpenedReply Open(FastArmor armor, KdcReply reply, uint nonce)
    {
        byte[]? plaintext = null;
        try
        {
            var found = Outside(reply)?.FirstOrDefault(static p => p.Type == PreAuthType.FxFast) ?? throw KdcErrors.Unarmored(reply);
            var inside = FastArmoredReply.Decode(found.Value).EncFastResponse;
            if (inside.Type != armor.Key.Type || !armor.Key.TryOpen(KeyUsage.FastReply, inside.Cipher.Span, out plaintext))
                throw KdcErrors.WrongReply(reply.Kdc, "its armour does not open with our armour's key");
            var response = FastResponse.Decode(plaintext);
            if (response.Nonce != nonce) throw KdcErrors.WrongReply(reply.Kdc, "the nonce in its armour is not the request's, so it answers another one");
            // Copies, since the plaintext is cleared.
            IReadOnlyList<PreAuthData> preAuth = [.. response.PreAuthData.Select(static p => p with { Value = p.Value.ToArray() })];
            var opened = reply.Rep is { } rep ? Granted(armor, reply, rep, response.Finished, preAuth) : Refused(reply, preAuth);
            return new OpenedReply(opened, preAuth, StrengthenKeyOf(reply, response.StrengthenKey));
        }
        catch (DerException e)
        {
            throw KdcErrors.WrongReply(reply.Kdc, $"in its armour {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    public void Dispose() => StrengthenKey?.Dispose();

    private static IReadOnlyList<PreAuthData>? Outside(KdcReply reply)
    {
        if (reply.Rep is { } rep) return rep.PreAuthData;
        try
        {
            return reply.Error!.Data is { } data ? Messages.PreAuthData.DecodeMethodData(data) : null;
        }
        catch (DerException)
        {
            // e-data has other shapes too, and none of those is armoured.
            return null;
        }
    }

    private static KdcReply Granted(FastArmor armor, KdcReply reply, KdcRep rep, FastFinished? finished, IReadOnlyList<PreAuthData> preAuth)
    {
        if (finished is null) throw KdcErrors.WrongReply(reply.Kdc, "nothing in its armour vouches for the ticket");
        var checksum = finished.TicketChecksum;
        if (checksum.Type != armor.Key.ChecksumType || !armor.Key.VerifyChecksum(KeyUsage.FastFinished, rep.Ticket.Encoded.Span, checksum.Value.Span))
            throw KdcErrors.WrongReply(reply.Kdc, "its armour vouches for another ticket");
        return reply.With(rep with { Client = finished.Client, PreAuthData = preAuth });
    }

    private static KdcReply Refused(KdcReply reply, IReadOnlyList<PreAuthData> preAuth)
    {
        var inside = preAuth.FirstOrDefault(static p => p.Type == PreAuthType.FxError) ?? throw KdcErrors.WrongReply(reply.Kdc, "there is no error in its armour");
        return reply.With(KrbError.Decode(inside.Value) with { Data = Messages.PreAuthData.EncodeMethodData(preAuth) });
    }

    private static Subkey? StrengthenKeyOf(KdcReply reply, EncryptionKey? key)
    {
        if (key is null) return null;
        return EncryptionProfile.Fits(key) ? new Subkey(key.Type, key.Value.Span) : throw KdcErrors.WrongReply(reply.Kdc, "the key in its armour is of no use");
    }
}
