using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>
/// tls-server-end-point of a certificate (RFC 5929 section 4.1): its hash by the hash function of its own signature, by SHA-256 where that is MD5 or SHA-1.
/// </summary>
/// <remarks>
/// It is not defined where the signature uses no hash function of its own: Ed25519, Ed448, ML-DSA. Implementations differ there, so there is none here either.
/// </remarks>
internal static class EndPointHash
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>Null where RFC 5929 defines none for its signature, or .NET lacks the hash function.</summary>
    public static byte[]? Of(X509Certificate2 certificate)
    {
        var signature = certificate.SignatureAlgorithm.Value;
        var hash = signature == RsaPss ? HashOfPss(certificate.RawDataMemory) : HashOf(signature);
        return hash is { } name ? CryptographicOperations.HashData(name, certificate.RawDataMemory.Span) : null;
    }

    private static HashAlgorithmName? HashOf(string? signature) => signature switch
    {
        // md5WithRSA, sha1WithRSA, dsa-with-sha1, ecdsa-with-SHA1.
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.10040.4.3" or "1.2.840.10045.4.1" => HashAlgorithmName.SHA256,
        // sha256WithRSA, dsa-with-sha256, ecdsa-with-SHA256; the same of SHA-384 and of SHA-512.
        "1.2.840.113549.1.1.11" or "2.16.840.1.101.3.4.3.2" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "2.16.840.1.101.3.4.3.3" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "2.16.840.1.101.3.4.3.4" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => null,
    };

    /// <summary>RSASSA-PSS names its hash function in its parameters, SHA-1 where it names none (RFC 4055 section 3.1).</summary>
    private static HashAlgorithmName? HashOfPss(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var certificate = new DerReader(encoded).Sequence();
            certificate.Element();
            var algorithm = certificate.Sequence();
            algorithm.ObjectIdentifier();
            if (!algorithm.HasData || !algorithm.Sequence().TryField(0, out var field)) return HashAlgorithmName.SHA256;
            return Convert.ToHexString(field.Sequence().ObjectIdentifier().Span) switch
            {
                "2B0E03021A" or "608648016503040201" => HashAlgorithmName.SHA256,
                "608648016503040202" => HashAlgorithmName.SHA384,
                "608648016503040203" => HashAlgorithmName.SHA512,
                _ => null,
            };
        }
        catch (DerException)
        {
            return null;
        }
    }
}
