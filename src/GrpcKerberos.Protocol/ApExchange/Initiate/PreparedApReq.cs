using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>Step 1 of the initiator: a KRB_AP_REQ, and what the KRB_AP_REP to it must hold.</summary>
internal sealed class PreparedApReq
{
    private PreparedApReq(ServiceTicket ticket, KerberosTime clientTime, ApReqContent content, byte[] encoded)
    {
        Ticket = ticket;
        ClientTime = clientTime;
        SequenceNumber = content.SequenceNumber;
        SubkeyType = content.Subkey?.Type;
        Encoded = encoded;
    }

    public ServiceTicket Ticket { get; }

    /// <summary>ctime and cusec of the authenticator: the AP-REP must give them back.</summary>
    public KerberosTime ClientTime { get; }

    public uint? SequenceNumber { get; }

    /// <summary>Of K, where the client proposes one.</summary>
    public EncryptionType? SubkeyType { get; }

    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>An AP-REQ for a service; the authenticator is sealed with usage 11.</summary>
    public static PreparedApReq Prepare(ServiceTicket ticket, KerberosTime now, ApReqContent content) =>
        Prepare(ticket, now, content, KeyUsage.ApReqAuthenticator);

    /// <summary>The AP-REQ inside a TGS-REQ: usage 7, with a checksum over the request's body, usage 6 (RFC 4120 section 7.2.1).</summary>
    public static PreparedApReq PrepareForKdc(ServiceTicket grantingTicket, KerberosTime now, ReadOnlySpan<byte> requestBody, Subkey? subkey = null)
    {
        var key = grantingTicket.SessionKey;
        var checksum = new Checksum(key.ChecksumType, key.MakeChecksum(KeyUsage.TgsReqAuthenticatorChecksum, requestBody));
        var content = new ApReqContent { Checksum = checksum, Subkey = subkey, Options = ApOptions.None };
        return Prepare(grantingTicket, now, content, KeyUsage.TgsReqAuthenticator);
    }

    private static PreparedApReq Prepare(ServiceTicket ticket, KerberosTime now, ApReqContent content, KeyUsage usage)
    {
        var subkey = content.Subkey is { } k ? new EncryptionKey(k.Type, k.Bytes.ToArray()) : null;
        var authenticator = new Authenticator(ticket.Client, now, content.Checksum, subkey, content.SequenceNumber, content.AuthorizationData).Encode();
        var cipher = content.Confounder is { } confounder
            ? ticket.SessionKey.Seal(usage, authenticator, confounder.Span)
            : ticket.SessionKey.Seal(usage, authenticator);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(authenticator);
        var request = new ApReq(content.Options, ticket.Ticket, new EncryptedData(ticket.SessionKey.Type, null, cipher));
        return new PreparedApReq(ticket, now, content, request.Encode());
    }
}
