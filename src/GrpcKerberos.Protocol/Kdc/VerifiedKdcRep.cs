using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A reply that answers this request and no other (RFC 4120 sections 3.1.5 and 3.3.4).</summary>
/// <remarks>All that counts comes out of its sealed part.</remarks>
internal sealed class VerifiedKdcRep
{
    private VerifiedKdcRep(ServiceTicket ticket) => Ticket = ticket;

    public ServiceTicket Ticket { get; }

    /// <param name="reply">The reply.</param>
    /// <param name="plaintext">Its sealed part, opened; cleared here, since it holds the session key.</param>
    /// <param name="request">The body that asked for it.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="service">For which service.</param>
    /// <param name="isProtected">Of an AS-REP: whether the KDC vouches for the request (RFC 6806 section 11), asked of each; null of a TGS-REP.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: it answers something else.</exception>
    public static VerifiedKdcRep Verify(
        KdcReply reply, byte[] plaintext, KdcReqBody request, KerberosPrincipal client, KerberosPrincipal service,
        Func<EncKdcRepPart, bool>? isProtected = null)
    {
        try
        {
            var part = EncKdcRepPart.Decode(plaintext);
            if (isProtected is null) CheckGrant(reply, part, request, client, service);
            else CheckLogin(reply, part, isProtected(part) && request.Options.HasFlag(KdcOptions.Canonicalize), client, service);
            if (reply.Rep!.Ticket.Realm != part.Service.Realm)
                throw KdcErrors.WrongReply(reply.Kdc, $"its ticket is of another realm than {service.Realm}");
            // The client shows the ticket under this name, and the KDC seals it: where they differ somebody wrote the one outside, and nobody takes such a ticket.
            if (!new KerberosPrincipal(reply.Rep.Ticket.ServiceName, part.Service.Realm).Equals(part.Service))
                throw KdcErrors.WrongReply(reply.Kdc, "its ticket has another name than its sealed part");
            if (part.Nonce != request.Nonce)
                throw KdcErrors.WrongReply(reply.Kdc, "its nonce is not the request's, so it answers another one");
            if (part.EndTime <= part.Starts) throw KdcErrors.WrongReply(reply.Kdc, "the ticket ends before it starts");
            var key = ReadKey(reply.Kdc, part.Key, request.EncryptionTypes);
            return new VerifiedKdcRep(new ServiceTicket(
                reply.Rep.Client, part.Service, reply.Rep.Ticket, key, part.Flags, part.AuthTime, part.Starts, part.EndTime, part.RenewTill));
        }
        catch (DerException e)
        {
            throw KdcErrors.WrongReply(reply.Kdc, $"in its sealed part {e.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>The reply's key must be one of those asked for, else a middleman could choose a weak one.</summary>
    public static void RequireOffered(KdcAddress kdc, EncryptionType type, IReadOnlyList<EncryptionType> offered)
    {
        if (!offered.Contains(type)) throw KdcErrors.WrongReply(kdc, $"it uses {type.ToMitName()}, which was not offered");
    }

    /// <summary>The client in a TGS-REP is that of the ticket-granting ticket; the service, one the KDC can mean by the name asked for.</summary>
    private static void CheckGrant(KdcReply reply, EncKdcRepPart part, KdcReqBody request, KerberosPrincipal client, KerberosPrincipal service)
    {
        if (!reply.Rep!.Client.Equals(client)) throw OtherClient(reply.Kdc, client);
        // Anyone on the way can change the names beside the sealed part (CVE-2017-11103): the service's is never believed.
        if (!part.Service.Equals(service) && !(request.Options.HasFlag(KdcOptions.Canonicalize) && IsCanonical(part.Service, service)))
            throw OtherService(reply.Kdc, service);
    }

    /// <summary>An AS-REP is for the client and the ticket-granting service that were asked for; or, where that was asked for and is protected, for
    /// those names of them that the KDC goes by: the realm in another case, the client by another name.</summary>
    private static void CheckLogin(KdcReply reply, EncKdcRepPart part, bool isCanonical, KerberosPrincipal client, KerberosPrincipal service)
    {
        var given = reply.Rep!.Client;
        if (!given.Equals(client) && !(isCanonical && string.Equals(given.Realm, client.Realm, StringComparison.OrdinalIgnoreCase)))
            throw OtherClient(reply.Kdc, client);
        if (!part.Service.Equals(KerberosPrincipal.TicketGrantingService(given.Realm))) throw OtherService(reply.Kdc, service);
    }

    private static KerberosException OtherClient(KdcAddress kdc, KerberosPrincipal client) =>
        KdcErrors.WrongReply(kdc, $"it is made out to another client than {client}");

    private static KerberosException OtherService(KdcAddress kdc, KerberosPrincipal service) =>
        KdcErrors.WrongReply(kdc, $"it is for another service than {service}");

    /// <summary>
    /// Whether a KDC that may canonicalize can mean the service asked for (RFC 6806 sections 6 and 8). The realm stays that of the KDC asked; what is given
    /// is a referral, or the same kind of service under its proper name: an alias of the host, another case.
    /// </summary>
    /// <remarks>Nobody on the way has a say in it: the request is signed with the ticket's key, and this name is sealed with it.</remarks>
    private static bool IsCanonical(KerberosPrincipal given, KerberosPrincipal asked)
    {
        if (given.Realm != asked.Realm) return false;
        if (given.Components is ["krbtgt", ..] || asked.Components is ["krbtgt", ..]) return RealmWalk.IsReferral(given);
        return given.Components.Count == asked.Components.Count
            && string.Equals(given.Components[0], asked.Components[0], StringComparison.OrdinalIgnoreCase);
    }

    private static TicketSessionKey ReadKey(KdcAddress kdc, EncryptionKey key, IReadOnlyList<EncryptionType> offered)
    {
        RequireOffered(kdc, key.Type, offered);
        if (key.Value.Length != EncryptionProfile.For(key.Type).KeyLength)
            throw KdcErrors.WrongReply(kdc, "its session key has the wrong length");
        return new TicketSessionKey(key.Type, key.Value.Span);
    }
}
