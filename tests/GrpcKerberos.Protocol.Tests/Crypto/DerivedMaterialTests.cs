using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class DerivedMaterialTests
{
    [Fact]
    public void Find_KeptMaterial_OnlyForItsUsageAndPurpose()
    {
        var kept = new DerivedMaterial();
        kept.Keep(KeyUsage.Ticket, KeyPurpose.Open, [1, 2, 3]);
        kept.Keep(KeyUsage.Ticket, KeyPurpose.Seal, [4]);
        kept.Keep(KeyUsage.Ticket, KeyPurpose.Open, [5]); // the first stays
        Vectors.Equal([1, 2, 3], kept.Find(KeyUsage.Ticket, KeyPurpose.Open));
        Vectors.Equal([4], kept.Find(KeyUsage.Ticket, KeyPurpose.Seal));
        Assert.True(kept.Find(KeyUsage.Ticket, KeyPurpose.Checksum).IsEmpty);
        Assert.True(kept.Find(KeyUsage.ApRepEncPart, KeyPurpose.Open).IsEmpty);
    }

    [Fact]
    public void Clear_KeptMaterial_IsZeroedAndGone()
    {
        var kept = new DerivedMaterial();
        kept.Keep(KeyUsage.Ticket, KeyPurpose.Open, [1, 2, 3]);
        kept.Keep(KeyUsage.Ticket, KeyPurpose.Seal, [4]);
        var first = kept.Find(KeyUsage.Ticket, KeyPurpose.Open);
        var second = kept.Find(KeyUsage.Ticket, KeyPurpose.Seal);
        Vectors.Equal([1, 2, 3], first);
        kept.Clear();
        Vectors.Equal([0, 0, 0], first);
        Vectors.Equal([0], second);
        Assert.True(kept.Find(KeyUsage.Ticket, KeyPurpose.Open).IsEmpty);
    }

    [Fact]
    public void Dispose_LongTermKey_ZeroesWhatItKept()
    {
        var kept = new DerivedMaterial();
        var key = new LongTermKey(EncryptionProfile.For(EncryptionType.Aes256CtsHmacSha1), new byte[32], kept);
        key.Seal(KeyUsage.Ticket, "text"u8);
        var material = kept.Find(KeyUsage.Ticket, KeyPurpose.Seal);
        Assert.Contains(material.ToArray(), octet => octet != 0);
        key.Dispose();
        Assert.DoesNotContain(material.ToArray(), octet => octet != 0);
    }

    [Fact]
    public void Clear_ChecksumKeys_ZeroesTheirMaterial()
    {
        var profile = EncryptionProfile.For(EncryptionType.Aes256CtsHmacSha1);
        var material = new byte[2 * profile.ChecksumMaterialLength];
        Array.Fill(material, (byte)7);
        var key = new ChecksumKeyPair(profile, material);
        Assert.All(material, octet => Assert.Equal(7, octet));
        key.Clear();
        Assert.All(material, octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void Fill_ManyConfounders_NoneTwice()
    {
        var seen = new HashSet<string>();
        var confounder = new byte[EncryptionProfile.LongestConfounder];
        for (var i = 0; i < 100; i++)
        {
            ConfounderSource.Fill(confounder);
            Assert.True(seen.Add(Convert.ToHexString(confounder)));
        }
    }
}
