using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc.Fast;

/// <summary>The armour of one login (RFC 6113 section 5.4.1.1): a ticket-granting ticket that is somebody else's, a host's as a rule.</summary>
/// <remarks>What is inside was written by the KDC or by who has that ticket's key, and cannot be read or tried for passwords on its way.</remarks>
internal sealed class FastArmor : IDisposable
{
    private readonly ReadOnlyMemory<byte> _apReq;

    private FastArmor(ReadOnlyMemory<byte> apReq, CombinedKey key, TimeSpan offset)
    {
        _apReq = apReq;
        Key = key;
        Offset = offset;
    }

    /// <summary>The armour key.</summary>
    public CombinedKey Key { get; }

    /// <summary>The KDC's clock less this host's, by what is known of the ticket.</summary>
    public TimeSpan Offset { get; }

    /// <param name="ticket">The ticket-granting ticket, of the realm that is logged in to.</param>
    /// <param name="clock">This host's clock.</param>
    /// <param name="offset">The KDC's clock less this host's.</param>
    public static FastArmor Make(ServiceTicket ticket, KdcClock clock, TimeSpan offset)
    {
        using var subkey = Subkey.Generate(ticket.SessionKey.Type);
        var proof = PreparedApReq.Prepare(ticket, clock.Next(offset), new ApReqContent { Subkey = subkey, Options = ApOptions.None });
        return new FastArmor(proof.Encoded, CombinedKey.Combine(subkey, "subkeyarmor"u8, ticket.SessionKey, "ticketarmor"u8), offset);
    }

    /// <summary>The request in armour, to go with the same body outside.</summary>
    public PreAuthData Wrap(KdcReqBody body, IReadOnlyList<PreAuthData> preAuthData)
    {
        var checksum = new Checksum(Key.ChecksumType, Key.MakeChecksum(KeyUsage.FastRequestChecksum, body.Encode()));
        var inside = Key.Seal(KeyUsage.FastRequest, new FastRequest(0, preAuthData, body).Encode());
        var armored = new FastArmoredRequest(FastArmoredRequest.ApRequest, _apReq, checksum, new EncryptedData(Key.Type, null, inside));
        return new PreAuthData(PreAuthType.FxFast, armored.Encode());
    }

    public void Dispose() => Key.Dispose();
}
