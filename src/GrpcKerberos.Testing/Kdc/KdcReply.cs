using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>AS-REP and TGS-REP: the ticket, and what it is, sealed for the client.</summary>
internal static class KdcReply
{
    public static byte[] Make(
        KdcRequest request, ServiceTicket ticket, KerberosKey replyKey, KeyUsage usage, uint? keyVersion = null, PreAuthData? preAuth = null)
    {
        var type = request.Message.Type == MessageType.AsReq ? MessageType.AsRep : MessageType.TgsRep;
        var part = new EncKdcRepPart(
            type,
            new EncryptionKey(ticket.SessionKey.Type, ticket.SessionKey.Bytes.ToArray()),
            [new LastRequest(0, request.Now)],
            request.Fault == KdcFault.WrongNonce ? request.Body.Nonce ^ 1 : request.Body.Nonce,
            ticket.Flags,
            ticket.AuthTime,
            ticket.Starts,
            ticket.Ends,
            ticket.Service,
            RenewTill: ticket.RenewTill,
            Addresses: request.Body.Addresses);
        var key = request.Fault == KdcFault.WrongKey ? LongTermKey.Generate(replyKey.Type) : replyKey;
        var sealedPart = new EncryptedData(replyKey.Type, keyVersion, key.Seal(usage, part.Encode()));
        return new KdcRep(type, ticket.Client, ticket.Ticket, sealedPart, preAuth is null ? null : [preAuth]).Encode();
    }
}
