using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The KDC's word, under the reply key, that it saw the AS-REQ as it was sent (RFC 6806 section 11).</summary>
/// <remarks>Nothing else protects a login's request: without it somebody on the way can take options and encryption types out of it.</remarks>
internal static class AsReqProof
{
    /// <summary>What asks for it; a KDC that does not know it passes it over.</summary>
    public static PreAuthData Asked { get; } = new(PreAuthType.ReqEncPaRep, ReadOnlyMemory<byte>.Empty);

    /// <summary>True where the KDC gave its word and it is good, false where it gave none.</summary>
    /// <param name="kdc">Which KDC, for the message.</param>
    /// <param name="part">The reply's sealed part. A flag of the ticket says whether the word is in it, so that nobody can take it out.</param>
    /// <param name="request">The AS-REQ, as it was sent.</param>
    /// <param name="replyKey">The key that opened the reply.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.KdcRefused"/>: it is for another request.</exception>
    /// <exception cref="DerException">It is malformed.</exception>
    public static bool Verify(KdcAddress kdc, EncKdcRepPart part, ReadOnlySpan<byte> request, KerberosKey replyKey)
    {
        if (!part.Flags.HasFlag(TicketFlags.EncPaRep)) return false;
        var found = part.EncryptedPreAuthData?.FirstOrDefault(static p => p.Type == PreAuthType.ReqEncPaRep)
            ?? throw KdcErrors.WrongReply(kdc, "its flags promise a checksum of our request, and there is none");
        var reader = new DerReader(found.Value);
        var checksum = Checksum.Decode(reader);
        return checksum.Type == replyKey.ChecksumType && replyKey.VerifyChecksum(KeyUsage.AsReq, request, checksum.Value.Span)
            ? true
            : throw KdcErrors.WrongReply(kdc, "the checksum in it is not of our request: somebody changed that on its way");
    }
}
