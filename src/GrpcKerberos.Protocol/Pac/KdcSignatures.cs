using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// What the KDC signed with the key of its ticket-granting service. A service that holds its own key alone cannot check it; one that was
/// given that key sees also what another holder of the service's key changed: the PAC (CVE-2022-37967) and the ticket (CVE-2020-17049).
/// </summary>
internal static class KdcSignatures
{
    private static readonly byte[] s_placeholder = [0];

    /// <exception cref="PacException">One is absent or made by none of the keys. The full checksum may be absent where there is no account to be forged: MIT krb5 1.20 writes none.</exception>
    public static void Check(PacDirectory pac, PacSignature server, EncTicketPart ticket, IReadOnlyCollection<KerberosKey> keys)
    {
        Demand(pac, PacElement.KdcChecksum, keys, server.Value);
        Demand(pac, PacElement.TicketChecksum, keys, WithoutPac(ticket).Encode());
        if (!pac.TryLocate(PacElement.FullChecksum, out _) && !pac.TryLocate(PacElement.LogonInfo, out _)) return;
        var whole = pac.Whole.ToArray();
        foreach (var element in new[] { PacElement.ServerChecksum, PacElement.KdcChecksum, PacElement.FullChecksum }) whole.AsSpan(PacSignature.Of(pac, element).Range).Clear();
        Demand(pac, PacElement.FullChecksum, keys, whole);
    }

    private static void Demand(PacDirectory pac, PacElement element, IReadOnlyCollection<KerberosKey> keys, ReadOnlySpan<byte> data)
    {
        var signature = PacSignature.Of(pac, element);
        foreach (var key in keys)
        {
            if (signature.IsBy(key, data)) return;
        }

        throw new PacException(PacFault.Signature, $"signature {(uint)element} is not by a key of the ticket-granting service");
    }

    /// <summary>The ticket as it is signed: one zero octet in place of the PAC (MS-PAC 2.8.3).</summary>
    private static EncTicketPart WithoutPac(EncTicketPart ticket) => ticket with
    {
        AuthorizationData = [.. (ticket.AuthorizationData ?? []).Select(static element => element.Type == AuthorizationDataType.IfRelevant ? WithoutPac(element) : element)],
    };

    private static AuthorizationData WithoutPac(AuthorizationData container) => AuthorizationData.IfRelevant(
        [.. AuthorizationData.DecodeList(container.Data).Select(static element => element.Type == AuthorizationDataType.Win2kPac ? element with { Data = s_placeholder } : element)]);
}
