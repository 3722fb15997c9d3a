using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Asks a realm's KDC for something that it has to refuse: the refusal tells its clock, and is no failed login of anybody.</summary>
internal static class KdcPing
{
    /// <summary>des-cbc-crc, which no KDC of today has: one that had would answer with a ticket, and still no clock.</summary>
    private const EncryptionType Refused = (EncryptionType)1;

    /// <summary>The KDC that answered, and its clock less this host's, as nobody proved it and to the half of the time it took; null where it tells none.</summary>
    /// <exception cref="KerberosException">None answered (<see cref="KerberosError.KdcUnreachable"/>), or not as a KDC does (<see cref="KerberosError.KdcRefused"/>).</exception>
    public static async ValueTask<(KdcAddress Kdc, TimeSpan? Offset)> SendAsync(
        string realm, KdcConversation conversation, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var name = KerberosPrincipal.TicketGrantingService(realm).Name;
        var body = new KdcReqBody(KdcOptions.None, name, realm, name, KdcRequests.LongestTill, KdcRequests.NewNonce(), [Refused]);
        var reply = await conversation.SendAsync(MessageType.AsRep, new KdcReq(MessageType.AsReq, body).Encode(), cancellationToken).ConfigureAwait(false);
        // What was on its way for a while tells the time of about half of that ago.
        return (reply.Kdc, reply.Error?.ServerTime - (new KerberosTime(timeProvider.GetUtcNow()) - (reply.Took / 2)));
    }
}
