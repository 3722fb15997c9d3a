using System.Security.Cryptography;
using System.Text;
using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class HmacEngineTests
{
    private static readonly (HmacEngine Managed, HmacEngine Platform, int Length, int Block)[] Pairs =
    [
        (new ManagedHmacEngine<Sha1Digest>(HashAlgorithmName.SHA1), new PlatformHmacEngine(HashAlgorithmName.SHA1), 20, 64),
        (new ManagedHmacEngine<Sha256Digest>(HashAlgorithmName.SHA256), new PlatformHmacEngine(HashAlgorithmName.SHA256), 32, 64),
        (new ManagedHmacEngine<Sha384Digest>(HashAlgorithmName.SHA384), new PlatformHmacEngine(HashAlgorithmName.SHA384), 48, 128),
    ];

    [Fact]
    public void Compute_AllLengthsOfBothParts_EnginesAgree()
    {
        foreach (var (managed, platform, length, block) in Pairs)
        {
            var key = RandomNumberGenerator.GetBytes(32);
            foreach (var first in new[] { 0, 1, 14, 16, 32, block - 1 })
            {
                for (var second = 0; second <= 300; second++)
                    Agree(managed, platform, key, first, second, length);
            }
            for (var second = 1000; second < 1100; second++)
                Agree(managed, platform, key, 16, second, length);
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    public void Compute_ShorterMac_IsTheBeginningOfTheWhole(int cut)
    {
        foreach (var (managed, platform, length, _) in Pairs)
        {
            var key = RandomNumberGenerator.GetBytes(16);
            var whole = Mac(managed, key, [], "text"u8.ToArray(), length);
            Vectors.Equal(whole[..cut], Mac(managed, key, [], "text"u8.ToArray(), cut));
            Vectors.Equal(whole[..cut], Mac(platform, key, [], "text"u8.ToArray(), cut));
        }
    }

    /// <summary>RFC 2202 section 3 and RFC 4231 section 4.3, test case 2 of both.</summary>
    [Theory]
    [InlineData(0, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(1, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData(2, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649")]
    public void Compute_PublishedVector_GivesItsMac(int pair, string expected)
    {
        var (managed, platform, length, _) = Pairs[pair];
        var data = Encoding.ASCII.GetBytes("what do ya want for nothing?");
        Vectors.Equal(Vectors.Hex(expected), Mac(managed, "Jefe"u8.ToArray(), [], data, length));
        Vectors.Equal(Vectors.Hex(expected), Mac(platform, "Jefe"u8.ToArray(), [], data, length));
    }

    [Fact]
    public void Hash_LengthsAcrossBlocks_EnginesAgree()
    {
        foreach (var (managed, platform, length, _) in Pairs)
        {
            for (var size = 0; size <= 300; size++)
            {
                var data = RandomNumberGenerator.GetBytes(size);
                var (ours, theirs) = (new byte[length], new byte[length]);
                managed.Hash(data, ours);
                platform.Hash(data, theirs);
                Vectors.Equal(theirs, ours);
            }
        }
    }

    private static void Agree(HmacEngine managed, HmacEngine platform, byte[] key, int first, int second, int length)
    {
        var (head, tail) = (RandomNumberGenerator.GetBytes(first), RandomNumberGenerator.GetBytes(second));
        Vectors.Equal(Mac(platform, key, head, tail, length), Mac(managed, key, head, tail, length));
    }

    private static byte[] Mac(HmacEngine engine, byte[] key, byte[] first, byte[] second, int length)
    {
        var prepared = new byte[engine.PreparedLength(key.Length)];
        engine.Prepare(key, prepared);
        var mac = new byte[length];
        engine.Compute(prepared, first, second, mac);
        return mac;
    }
}
