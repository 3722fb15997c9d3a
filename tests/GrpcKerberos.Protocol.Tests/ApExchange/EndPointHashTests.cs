using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Protocol.ApExchange;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>RFC 5929 section 4.1 over certificates of each kind of signature.</summary>
public sealed class EndPointHashTests
{
    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA384")]
    [InlineData("SHA512", "SHA512")]
    public void Of_RsaSignature_ItsOwnHashOrSha256(string signature, string hash) =>
        AssertHash(hash, Make(rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1), new HashAlgorithmName(signature)));

    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA384")]
    [InlineData("SHA512", "SHA512")]
    public void Of_RsaPss_HashOfItsParameters(string signature, string hash) =>
        AssertHash(hash, Make(rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pss), new HashAlgorithmName(signature)));

    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA384")]
    [InlineData("SHA512", "SHA512")]
    public void Of_EcdsaSignature_ItsOwnHashOrSha256(string signature, string hash)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AssertHash(hash, Make(_ => X509SignatureGenerator.CreateForECDsa(key), new HashAlgorithmName(signature)));
    }

    /// <summary>md5WithRSAEncryption, sha1WithRSAEncryption, dsa-with-sha1, ecdsa-with-SHA1: nobody can make them any more, and old certificates have them.</summary>
    [Theory]
    [InlineData("300D06092A864886F70D0101040500")]
    [InlineData("300D06092A864886F70D0101050500")]
    [InlineData("300906072A8648CE380403")]
    [InlineData("300906072A8648CE3D0401")]
    public void Of_SignatureByMd5OrSha1_Sha256(string algorithm) =>
        AssertHash("SHA256", Make(rsa => new NamedOtherwise(rsa, Convert.FromHexString(algorithm)), HashAlgorithmName.SHA512));

    /// <summary>Signed by what uses no hash function of its own, or by what nobody has heard of.</summary>
    [Theory]
    [InlineData("300506032B6570")]
    [InlineData("300506032B6571")]
    [InlineData("300506032A0304")]
    [InlineData("300B06092A864886F70D01010E")]
    public void Of_SignatureWithoutAHashOfItsOwn_None(string algorithm)
    {
        using var certificate = Make(rsa => new NamedOtherwise(rsa, Convert.FromHexString(algorithm)), HashAlgorithmName.SHA256);
        Assert.Null(EndPointHash.Of(certificate));
        Assert.Null(ChannelBinding.Of(certificate));
    }

    /// <summary>RFC 4055 section 3.1: what RSASSA-PSS leaves out is SHA-1.</summary>
    [Theory]
    [InlineData("300D06092A864886F70D01010A3000", "SHA256")]
    [InlineData("300B06092A864886F70D01010A", "SHA256")]
    [InlineData("301C06092A864886F70D01010A300FA00D300B0609608648016503040202", "SHA384")]
    [InlineData("301606092A864886F70D01010A3009A007300506032A0304", null)]
    public void Of_RsaPssParameters_AsWritten(string algorithm, string? hash)
    {
        using var certificate = Make(rsa => new NamedOtherwise(rsa, Convert.FromHexString(algorithm)), HashAlgorithmName.SHA256);
        if (hash is null) Assert.Null(EndPointHash.Of(certificate));
        else AssertHash(hash, certificate);
    }

    private static readonly RSA s_rsa = RSA.Create(2048);

    private static void AssertHash(string hash, X509Certificate2 certificate)
    {
        using (certificate)
        {
            var expected = CryptographicOperations.HashData(new HashAlgorithmName(hash), certificate.RawData);
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(EndPointHash.Of(certificate)!));
        }
    }

    private static X509Certificate2 Make(Func<RSA, X509SignatureGenerator> signing, HashAlgorithmName hash)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=localhost"), s_rsa, hash, RSASignaturePadding.Pkcs1);
        return request.Create(request.SubjectName, signing(s_rsa), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), [1]);
    }

    /// <summary>Says another algorithm of its signature than it has; nobody verifies it here.</summary>
    private sealed class NamedOtherwise(RSA rsa, byte[] algorithm) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => algorithm;

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => rsa.SignData(data, hashAlgorithm, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(rsa);
    }
}
