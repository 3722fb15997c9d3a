using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>Step 2 of the initiator: a KRB_AP_REP that proves the service, since only who opened the authenticator knows its time.</summary>
internal sealed class VerifiedApRep
{
    private VerifiedApRep(Subkey? acceptorSubkey, uint? sequenceNumber)
    {
        AcceptorSubkey = acceptorSubkey;
        SequenceNumber = sequenceNumber;
    }

    /// <summary>The key the acceptor asserted, where it asserted one.</summary>
    public Subkey? AcceptorSubkey { get; }

    public uint? SequenceNumber { get; }

    /// <summary>Opens the AP-REP with the TICKET's session key, never the subkey, and compares the time (RFC 4120 section 3.2.5).</summary>
    public static Step<VerifiedApRep> Verify(PreparedApReq request, ReadOnlyMemory<byte> reply)
    {
        try
        {
            var encrypted = ApRep.Decode(reply).EncPart;
            var key = request.Ticket.SessionKey;
            if (encrypted.Type != key.Type || !key.TryOpen(KeyUsage.ApRepEncPart, encrypted.Cipher.Span, out var plaintext))
                return ApRefusal.Of(ApRejection.MutualAuthenticationFailed, "the KRB_AP_REP is not sealed with the ticket's session key");
            var part = EncApRepPart.Decode(plaintext);
            if (part.ClientTime != request.ClientTime)
                return ApRefusal.Of(ApRejection.MutualAuthenticationFailed, "the KRB_AP_REP answers another authenticator");
            return ReadSubkey(request, part);
        }
        catch (DerException e)
        {
            return ApRefusal.Of(ApRejection.MutualAuthenticationFailed, $"the KRB_AP_REP is malformed: {e.Message}");
        }
    }

    private static Step<VerifiedApRep> ReadSubkey(PreparedApReq request, EncApRepPart part)
    {
        if (part.Subkey is not { } subkey) return new VerifiedApRep(null, part.SequenceNumber);
        if (!EncryptionProfile.Fits(subkey) || !IsExpected(request, subkey.Type))
            return ApRefusal.Of(ApRejection.SubkeyRefused, $"the KRB_AP_REP asserts a subkey of {subkey.Type.ToMitName()}");
        // Beside a session key of RC4 other servers assert another of RC4: of no use here, and the proof is as good without it.
        if (!EncryptionProfile.MakesSessions(subkey.Type)) return new VerifiedApRep(null, part.SequenceNumber);
        return new VerifiedApRep(new Subkey(subkey.Type, subkey.Value.Span), part.SequenceNumber);
    }

    /// <summary>A type somebody else in the process named does not count as named here: it must be one the request has.</summary>
    private static bool IsExpected(PreparedApReq request, EncryptionType type) =>
        EncryptionProfile.IsBuiltIn(type) || type == request.SubkeyType || type == request.Ticket.SessionKey.Type;
}
