using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Tokens;

namespace GrpcKerberos.Tool.Decode;

/// <summary>A KRB_AP_REQ: what anybody can read of it, and with a keytab what is sealed in it.</summary>
internal sealed class ApReqReader(Trail trail, DecodeTerms terms)
{
    /// <exception cref="DerException">It is malformed.</exception>
    public void Read(ReadOnlyMemory<byte> encoded, TokenFraming framing)
    {
        var request = ApReq.Decode(encoded);
        var mutual = request.Options.HasFlag(ApOptions.MutualRequired) ? "the service is to prove itself" : "no proof of the service is asked for";
        var userToUser = request.Options.HasFlag(ApOptions.UseSessionKey) ? "; user-to-user" : "";
        trail.Add("message", $"KRB_AP_REQ (RFC 4120 section 5.5.1): a ticket and an authenticator; {mutual}{userToUser}");
        var sealedPart = request.Ticket.EncPart;
        var version = sealedPart.KeyVersion is { } kvno ? Invariant($"kvno {kvno}") : "no kvno";
        trail.Add(
            "ticket", Invariant($"for {request.Ticket.ClaimedService}, {version}, {sealedPart.Type.ToMitName()}, {request.Ticket.Encoded.Length} octets"));
        trail.Add("authenticator", Invariant($"{request.Authenticator.Type.ToMitName()}, {request.Authenticator.Cipher.Length} octets"));
        if (terms.Keytab is not { } keytab) return;
        if (!KeyCandidates.TryOpen(request.Ticket, keytab, tryOthers: true, out var entry, out var plaintext))
        {
            trail.End("key", KeyCandidates.Explain(request.Ticket, keytab).Detail);
            return;
        }

        trail.Add("key", Invariant($"opened by {entry.Principal}, kvno {entry.KeyVersion}, {entry.Type.ToMitName()}, of {terms.Source}"));
        var content = EncTicketPart.Decode(plaintext);
        new TicketReader(trail, terms.Now).Read(content, entry);
        new AuthenticatorReader(trail, terms.Now).Read(request.Authenticator, content);
        Judge(encoded, framing, keytab);
    }

    private void Judge(ReadOnlyMemory<byte> encoded, TokenFraming framing, Keytab keytab)
    {
        var options = new KerberosAuthenticationOptions();
        var types = PolicyBuilder.EncryptionTypes(options, terms.Config);
        var policy = PolicyBuilder.Build(options, new LiveSettings(options), terms.Config, types, keytab);
        if (Acceptance.Judge(encoded, framing, keytab, policy, terms.Now).Passed(out _, out var refusal))
            trail.Add("verdict", "a service with this keytab and nothing else set takes it now, if it has not seen it before");
        else
            trail.Note("verdict", $"a service with this keytab and nothing else set refuses it now: {refusal.Cause}: {refusal.Detail}");
    }
}
