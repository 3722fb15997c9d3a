using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

/// <summary>Keys against what others published or computed.</summary>
public sealed class KeyVectorTests
{
    [Fact]
    public void Derive_Rfc8009AppendixA_GivesItsKeys()
    {
        foreach (var fields in Vectors.Read("rfc8009/key-derivation.txt"))
        {
            foreach (var profile in Engines.Profiles(Vectors.Type(fields[0])))
            {
                var keyBase = new byte[profile.BaseLength];
                profile.PrepareBase(Vectors.Hex(fields[1]), keyBase);
                foreach (var (kind, field) in new[] { (DerivedKeyKind.Checksum, 3), (DerivedKeyKind.Encryption, 4), (DerivedKeyKind.Integrity, 5) })
                {
                    var derived = new byte[Vectors.Hex(fields[field]).Length];
                    ((AesProfile)profile).Derive(keyBase, Vectors.Usage(fields[2]), kind, derived);
                    Vectors.Equal(Vectors.Hex(fields[field]), derived);
                }
            }
        }
    }

    [Fact]
    public void Seal_Rfc8009AppendixA_GivesItsCiphertextAndOpensIt()
    {
        foreach (var fields in Vectors.Read("rfc8009/encryption.txt"))
        {
            foreach (var key in Vectors.Keys(Vectors.Type(fields[0]), Vectors.Hex(fields[1])))
            {
                var sealedBytes = key.Seal(Vectors.Usage(fields[2]), Vectors.Hex(fields[3]), Vectors.Hex(fields[4]));
                Vectors.Equal(Vectors.Hex(fields[5]), sealedBytes);
                Assert.True(key.TryOpen(Vectors.Usage(fields[2]), sealedBytes, out var opened));
                Vectors.Equal(Vectors.Hex(fields[3]), opened);
            }
        }
    }

    [Fact]
    public void MakeChecksum_Rfc8009AppendixA_GivesItsChecksum()
    {
        foreach (var fields in Vectors.Read("rfc8009/checksum.txt"))
        {
            foreach (var key in Vectors.Keys(Vectors.Type(fields[0]), Vectors.Hex(fields[1])))
                Vectors.Equal(Vectors.Hex(fields[4]), key.MakeChecksum(Vectors.Usage(fields[2]), Vectors.Hex(fields[3])));
        }
    }

    [Theory]
    [InlineData("rfc8009/prf.txt")]
    [InlineData("mit-krb5/prf.txt")]
    public void Prf_PublishedInput_GivesPublishedOutput(string file)
    {
        foreach (var fields in Vectors.Read(file))
        {
            foreach (var key in Vectors.Keys(Vectors.Type(fields[0]), Vectors.Hex(fields[1])))
                Vectors.Equal(Vectors.Hex(fields[3]), Prf(key, Vectors.Hex(fields[2]), Vectors.Hex(fields[3]).Length));
        }
    }

    [Theory]
    [InlineData("rfc6113/cf2.txt")]
    [InlineData("mit-krb5/cf2.txt")]
    public void Combine_PublishedKeysAndPeppers_GivesPublishedKey(string file)
    {
        foreach (var fields in Vectors.Read(file))
        {
            var type = Vectors.Type(fields[0]);
            using var first = LongTermKey.FromPassword(type, Vectors.Text(fields[1]), Vectors.Text(fields[1]));
            using var second = LongTermKey.FromPassword(type, Vectors.Text(fields[3]), Vectors.Text(fields[3]));
            using var key = CombinedKey.Combine(first, Vectors.Hex(fields[2]), second, Vectors.Hex(fields[4]));
            Assert.Equal(type, key.Type);
            Vectors.Equal(Vectors.Hex(fields[5]), key.Bytes);
        }
    }

    [Fact]
    public void TryOpen_MessagesOfMitsOwnTest_OpensThem()
    {
        foreach (var fields in Vectors.Read("mit-krb5/decrypt.txt"))
        {
            foreach (var key in Vectors.Keys(Vectors.Type(fields[0]), Vectors.Hex(fields[2])))
            {
                Assert.True(key.TryOpen(Vectors.Usage(fields[1]), Vectors.Hex(fields[4]), out var opened));
                Vectors.Equal(Vectors.Hex(fields[3]), opened);
            }
        }
    }

    [Fact]
    public void Key_OutputsOfLibkrb5_AgreesInSealChecksumAndPrf()
    {
        foreach (var fields in Vectors.Read("mit-krb5/sealed.txt"))
        {
            var (usage, plaintext) = (Vectors.Usage(fields[1]), Vectors.Hex(fields[3]));
            foreach (var key in Vectors.Keys(Vectors.Type(fields[0]), Vectors.Hex(fields[2])))
            {
                Assert.True(key.TryOpen(usage, Vectors.Hex(fields[4]), out var opened));
                Vectors.Equal(plaintext, opened);
                Vectors.Equal(Vectors.Hex(fields[5]), key.MakeChecksum(usage, plaintext));
                Assert.True(key.VerifyChecksum(usage, plaintext, Vectors.Hex(fields[5])));
                Vectors.Equal(Vectors.Hex(fields[6]), Prf(key, plaintext, Vectors.Hex(fields[6]).Length));
            }
        }
    }

    private static byte[] Prf(KerberosKey key, byte[] input, int length)
    {
        var output = new byte[length];
        key.Prf(input, output);
        return output;
    }
}
