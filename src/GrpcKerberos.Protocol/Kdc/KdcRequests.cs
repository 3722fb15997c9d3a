using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What AS and TGS requests have in common.</summary>
internal static class KdcRequests
{
    /// <summary>19700101000000Z asks for the longest life the KDC gives (RFC 4120 section 5.4.1).</summary>
    public static KerberosTime LongestTill => KerberosTime.FromMicroseconds(0);

    /// <summary>31 bits: some KDCs read a nonce as a signed number.</summary>
    public static uint NewNonce() => (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Asks for a login and proves nothing: every KDC says something to that, and none counts it as a login that failed.</summary>
    /// <param name="client">Whose login, without a realm.</param>
    /// <param name="realm">Whose KDC is asked.</param>
    /// <param name="encryptionTypes">What to ask for.</param>
    public static byte[] LoginWithoutProof(PrincipalName client, string realm, IReadOnlyList<EncryptionType> encryptionTypes)
    {
        var service = KerberosPrincipal.TicketGrantingService(realm);
        return new KdcReq(MessageType.AsReq, new KdcReqBody(KdcOptions.None, client, realm, service.Name, LongestTill, NewNonce(), encryptionTypes)).Encode();
    }

    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: the ticket is of no use now.</exception>
    public static void CheckTimes(KdcAddress kdc, ServiceTicket ticket, KerberosTime now, TimeSpan clockSkew)
    {
        if (ticket.Ends <= now) throw KdcErrors.WrongReply(kdc, $"its ticket ended {ticket.Ends}, and it is {now}");
        if (ticket.Starts > now + clockSkew) throw KdcErrors.WrongReply(kdc, $"its ticket starts {ticket.Starts}, and it is {now}");
    }
}
