using System.Buffers;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>A PAC that passed every check. There is no other way to anything a PAC says.</summary>
internal sealed class VerifiedPac
{
    private VerifiedPac(LogonInfo? logon, string? userPrincipalName, KerberosPrincipal[] actingServices)
    {
        Logon = logon;
        UserPrincipalName = userPrincipalName;
        ActingServices = actingServices;
    }

    /// <summary>Null in the PACs of MIT krb5, which hold signatures and the client's name alone.</summary>
    public LogonInfo? Logon { get; }

    public string? UserPrincipalName { get; }

    /// <summary>Empty where the client itself calls.</summary>
    public KerberosPrincipal[] ActingServices { get; }

    /// <summary>The server's signature first; until it is found good, nothing but the places of the elements is read.</summary>
    /// <param name="pac">The data of AD-WIN2K-PAC.</param>
    /// <param name="ticket">The ticket it came in.</param>
    /// <param name="key">The key that opened the ticket.</param>
    /// <param name="realm">The service's.</param>
    /// <param name="ticketGrantingKeys">Keys of krbtgt; empty where the service has none.</param>
    /// <exception cref="PacException">It is not to be believed.</exception>
    public static VerifiedPac Verify(ReadOnlyMemory<byte> pac, EncTicketPart ticket, KerberosKey key, string realm, IReadOnlyCollection<KerberosKey> ticketGrantingKeys)
    {
        var directory = PacDirectory.Read(pac);
        var server = PacSignature.Of(directory, PacElement.ServerChecksum);
        DemandServerSignature(directory, server, key);
        if (ticketGrantingKeys.Count > 0) KdcSignatures.Check(directory, server, ticket, ticketGrantingKeys);
        if (!directory.TryFind(PacElement.ClientInfo, out var clientInfo)) throw new PacException(PacFault.Mismatch, "it does not say whose it is: CLIENT_INFO is absent");
        if (!ClientInfo.Read(clientInfo).IsOf(ticket)) throw new PacException(PacFault.Mismatch, "it was made for another client or another ticket");
        var logon = directory.TryFind(PacElement.LogonInfo, out var logonInfo) ? LogonInfo.Read(logonInfo) : null;
        var names = directory.TryFind(PacElement.UpnDnsInfo, out var upnDnsInfo) ? UpnDnsInfo.Read(upnDnsInfo) : default;
        var requestor = directory.TryFind(PacElement.Requestor, out var sid) ? Sid.Read(sid) : default;
        if (directory.TryFind(PacElement.AttributesInfo, out var attributes)) AttributesInfo.Check(attributes);
        DemandOneAccount(logon?.User ?? default, names.Account, requestor);
        return new VerifiedPac(
            logon,
            names.UserPrincipalName,
            directory.TryFind(PacElement.DelegationInfo, out var delegation) ? DelegationInfo.Read(delegation, realm) : []);
    }

    /// <summary>Over the whole PAC, with the octets of the signatures 6 and 7 zeroed and of no other.</summary>
    private static void DemandServerSignature(PacDirectory pac, PacSignature server, KerberosKey key)
    {
        var kdc = PacSignature.Of(pac, PacElement.KdcChecksum);
        var length = pac.Whole.Length;
        var borrowed = ArrayPool<byte>.Shared.Rent(length);
        var signed = borrowed.AsSpan(0, length);
        pac.Whole.CopyTo(signed);
        signed[server.Range].Clear();
        signed[kdc.Range].Clear();
        var genuine = server.IsBy(key, signed);
        ArrayPool<byte>.Shared.Return(borrowed, clearArray: true);
        if (!genuine) throw new PacException(PacFault.Signature, "its signature is not by the key that opened the ticket");
    }

    /// <summary>An account may have been given the name of another between the ticket-granting ticket and this one (CVE-2021-42278, CVE-2021-42287).</summary>
    private static void DemandOneAccount(Sid logon, Sid named, Sid requestor)
    {
        if (Differ(logon, named) || Differ(logon, requestor) || Differ(named, requestor)) throw new PacException(PacFault.Mismatch, $"it names two accounts: {logon} {named} {requestor}");
    }

    private static bool Differ(Sid one, Sid other) => !one.IsNone && !other.IsNone && one != other;
}
