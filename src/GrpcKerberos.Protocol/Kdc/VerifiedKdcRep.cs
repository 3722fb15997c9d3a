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
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: it answers something else.</exception>
    public static VerifiedKdcRep Verify(
        KdcReply reply, byte[] plaintext, KdcReqBody request, KerberosPrincipal client, KerberosPrincipal service)
    {
        try
        {
            var part = EncKdcRepPart.Decode(plaintext);
            CheckNames(reply, part, request, client, service);
            if (part.Nonce != request.Nonce)
                throw KdcErrors.WrongReply(reply.Kdc, "its nonce is not the request's, so it answers another one");
            if (part.EndTime <= part.Starts) throw KdcErrors.WrongReply(reply.Kdc, "the ticket ends before it starts");
            var key = ReadKey(reply.Kdc, part.Key, request.EncryptionTypes);
            return new VerifiedKdcRep(new ServiceTicket(
                client, part.Service, reply.Rep!.Ticket, key, part.Flags, part.AuthTime, part.Starts, part.EndTime, part.RenewTill));
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

    private static void CheckNames(KdcReply reply, EncKdcRepPart part, KdcReqBody request, KerberosPrincipal client, KerberosPrincipal service)
    {
        var rep = reply.Rep!;
        if (!rep.Client.Equals(client)) throw KdcErrors.WrongReply(reply.Kdc, $"it is made out to another client than {client}");
        // Anyone on the way can change the names beside the sealed part (CVE-2017-11103): the service's is never looked at.
        if (!part.Service.Equals(service) && !(request.Options.HasFlag(KdcOptions.Canonicalize) && IsCanonical(part.Service, service)))
            throw KdcErrors.WrongReply(reply.Kdc, $"it is for another service than {service}");
        if (rep.Ticket.Realm != part.Service.Realm)
            throw KdcErrors.WrongReply(reply.Kdc, $"its ticket is of another realm than {service.Realm}");
    }

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
