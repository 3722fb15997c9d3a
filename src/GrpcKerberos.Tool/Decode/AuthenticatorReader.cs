using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Decode;

/// <summary>The authenticator, opened by the session key in the ticket.</summary>
internal sealed class AuthenticatorReader(Trail trail, KerberosTime now)
{
    public void Read(EncryptedData sealedPart, EncTicketPart ticket)
    {
        if (!EncryptionProfile.Fits(ticket.Key))
        {
            trail.End("authenticator", $"The ticket's session key is of {ticket.Key.Type.ToMitName()}, for which there is no code here");
            return;
        }

        using var key = new TicketSessionKey(ticket.Key.Type, ticket.Key.Value.Span);
        if (sealedPart.Type != key.Type || !key.TryOpen(KeyUsage.ApReqAuthenticator, sealedPart.Cipher.Span, out var plaintext))
        {
            trail.End("authenticator", "The ticket's session key does not open it: it was made for another ticket, or changed on its way");
            return;
        }

        Describe(Authenticator.Decode(plaintext), ticket);
    }

    private void Describe(Authenticator content, EncTicketPart ticket)
    {
        var whose = content.Client.Equals(ticket.Client) ? "" : $", of {content.Client}, who is not the ticket's client";
        trail.Add("authenticator", $"made {Moment.Of(content.ClientTime, now)}{whose}");
        trail.Add("subkey", content.Subkey is { } subkey ? subkey.Type.ToMitName() : "none");
        trail.Add("checksum", Describe(content.Checksum));
        if (AuthorizationTypes.Of(content.AuthorizationData) is { Count: > 0 } data) trail.Add("client's data", string.Join(", ", data));
    }

    private static string Describe(Checksum? checksum)
    {
        if (checksum is null) return "none";
        if (checksum.Type != ChecksumType.GssApi)
            return Enum.IsDefined(checksum.Type) ? checksum.Type.ToString() : Invariant($"type {(int)checksum.Type}");
        if (!GssChecksum.Parse(checksum.Value).Passed(out var gss, out var refusal)) return refusal.Detail;
        return $"GSS-API (RFC 4121 section 4.1.1), {(gss.IsBound ? "bound to a channel" : "bound to no channel")}, flags: {GssFlags.Names(gss.Flags)}";
    }
}
