using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>gokrb5 #339, #340 and #341 and Kerberos.NET's KeyEntry went wrong on these.</summary>
public class KeytabFileTests
{
    private static readonly KeytabBytes s_build = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_EitherVersion_GivesTheSameEntry(bool version1)
    {
        var build = new KeytabBytes(littleEndian: version1);

        var entry = Assert.Single(KeytabFile.Read(build.Record(build.Entry(kvno32: 300)).ToArray()).Entries);

        Assert.Equal("svc/x@R", entry.Principal.ToString());
        Assert.Equal(version1 ? NameType.Unknown : NameType.ServiceInstance, entry.Principal.Name.Type);
        Assert.Equal(300u, entry.KeyVersion);
        Assert.Equal(EncryptionType.Aes256CtsHmacSha1, entry.Type);
        Assert.Equal(KeytabBytes.Key, entry.Key!.Bytes.ToArray());
        Assert.Equal(new KerberosTime(DateTimeOffset.FromUnixTimeSeconds(1_000_000)), entry.Timestamp);
    }

    [Theory]
    [InlineData(7, null, 7u)]
    [InlineData(7, 0u, 7u)]
    [InlineData(7, 263u, 263u)]
    [InlineData(255, uint.MaxValue, uint.MaxValue)]
    [InlineData(200, null, 200u)]
    public void Read_KeyVersionsOf8And32Bits_The32BitsWinUnlessZero(byte kvno8, uint? kvno32, uint expected)
    {
        var entry = Assert.Single(KeytabFile.Read(FileOf(s_build.Entry(kvno8, kvno32))).Entries);

        Assert.Equal(expected, entry.KeyVersion);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Read_TooFewOctetsForAWideKeyVersion_AreIgnored(int octets)
    {
        var entry = Assert.Single(KeytabFile.Read(FileOf([.. s_build.Entry(), .. new byte[octets]])).Entries);

        Assert.Equal(7u, entry.KeyVersion);
    }

    [Fact]
    public void Read_HolesBeforeBetweenAndAfter_AreSkipped()
    {
        var first = s_build.Entry(kvno8: 1);
        var second = s_build.Entry(kvno8: 2);
        var file = new KeytabBytes().Hole(30).Record(first).Hole(1).Hole(500).Record(second).Hole(8).ToArray();

        Assert.Equal([1u, 2u], KeytabFile.Read(file).Entries.Select(e => e.KeyVersion));
    }

    [Fact]
    public void Read_ZeroLength_IsTheEnd()
    {
        var file = new KeytabBytes().Record(s_build.Entry()).Raw(0, 0, 0, 0).Raw(0xFF, 0xFF, 0xFF).ToArray();

        Assert.Single(KeytabFile.Read(file).Entries);
    }

    [Fact]
    public void Read_OnlyAVersion_IsAKeytabWithoutKeys() => Assert.Empty(KeytabFile.Read([5, 2]).Entries);

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-45)]
    [InlineData(int.MaxValue)]
    [InlineData(59)]
    public void Read_RecordLengthBeyondTheFile_IsRefusedWithItsOctet(int length)
    {
        var entry = s_build.Entry();
        Assert.Single(KeytabFile.Read(FileOf(entry)).Entries);

        var exception = Refused(new KeytabBytes().Record(length < 0 ? entry[..44] : entry, length).ToArray());

        Assert.StartsWith("The keytab is damaged at octet 6: ", exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> LyingEntries() => new()
    {
        { "no components", s_build.Entry(components: 0), "a principal of 0 components" },
        { "a negative number of components", s_build.Entry(components: -1), "a principal of -1 components" },
        { "the least number of components", s_build.Entry(components: short.MinValue), "a principal of -32768 components" },
        { "more components than there are", s_build.Entry(components: short.MaxValue), "should have" },
        { "a realm of more octets than there are", s_build.Entry(realmLength: 0x7FFF), "the realm should have 32767 octets" },
        { "a realm of a negative length", s_build.Entry(realmLength: -1), "the realm should have 65535 octets" },
        { "a key of more octets than there are", s_build.Entry(keyLength: 33), "the key should have 33 octets, 32 are left" },
        { "a key of a negative length", s_build.Entry(keyLength: -1), "the key should have 65535 octets, 32 are left" },
        { "a key too short for its type", s_build.Entry(key: KeytabBytes.Key[..31]), "a key of aes256-cts-hmac-sha1-96 has 32 octets, this one 31" },
        { "an empty key", s_build.Entry(key: []), "a key of aes256-cts-hmac-sha1-96 has 32 octets, this one 0" },
        { "a name that is not UTF-8", s_build.Entry(name: [0xC3, 0x28]), "a name component is not UTF-8" },
    };

    [Theory]
    [MemberData(nameof(LyingEntries))]
    public void Read_EntryThatLies_IsRefusedWithTheReason(string lie, byte[] entry, string reason)
    {
        Assert.Single(KeytabFile.Read(FileOf(s_build.Entry())).Entries);

        var exception = Refused(FileOf(entry));

        Assert.True(exception.Message.Contains(reason, StringComparison.Ordinal), $"{lie}: {exception.Message}");
        Assert.EndsWith(" Next: export it again.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EntryOfOneComponentInVersion1_CountsItsRealm()
    {
        var build = new KeytabBytes(littleEndian: true);

        Assert.Contains("a principal of 0 components", Refused(build.Record(build.Entry(components: 1)).ToArray()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 5 })]
    [InlineData(new byte[] { 5, 0 })]
    [InlineData(new byte[] { 5, 3 })]
    [InlineData(new byte[] { 4, 2 })]
    [InlineData(new byte[] { (byte)'-', (byte)'-', (byte)'-' })]
    public void Read_NoKeytab_IsRefused(byte[] file) => Refused(file);

    [Theory]
    [InlineData(23, 16)]
    [InlineData(26, 32)]
    [InlineData(16, 24)]
    [InlineData(1, 8)]
    [InlineData(-133, 16)]
    [InlineData(99, 0)]
    public void Read_TypeWithoutCode_IsListedWithoutItsKey(int type, int length)
    {
        var entry = Assert.Single(KeytabFile.Read(FileOf(s_build.Entry(type: type, key: new byte[length]))).Entries);

        Assert.Equal((EncryptionType)type, entry.Type);
        Assert.Null(entry.Key);
    }

    [Theory]
    [InlineData("all-enctypes.keytab")]
    [InlineData("hole.keytab")]
    [InlineData("wide-kvno.keytab")]
    public void Read_KeytabOfMit_HasWhatKlistLists(string file)
    {
        var listed = Recorded.Listing(file).Select(KlistLine.Parse).ToList();

        var read = KeytabFile.Read(Recorded.Octets(file)).Entries;

        Assert.Equal(listed.Select(l => (l.Version, l.Principal, l.Type)), read.Select(e => (e.KeyVersion, e.Principal.ToString(), e.Type)));
        Assert.Equal(listed.Select(l => l.Type is >= (EncryptionType)17 and <= (EncryptionType)20 ? l.Key : null), read.Select(e => e.Key is { } k ? Convert.ToHexStringLower(k.Bytes) : null));
    }

    [Theory]
    [InlineData("all-enctypes.keytab", 8)]
    [InlineData("hole.keytab", 3)]
    [InlineData("wide-kvno.keytab", 2)]
    public void Read_EveryPrefix_IsRefusedUnlessItEndsBetweenRecords(string file, int records)
    {
        var octets = Recorded.Octets(file);

        // The whole is no prefix; the version alone is a keytab without keys.
        Assert.Equal(octets.Length - records, HostileFile.RefusedPrefixes(octets, KerberosError.KeytabUnusable, f => KeytabFile.Read(f)));
    }

    [Theory]
    [InlineData("all-enctypes.keytab")]
    [InlineData("hole.keytab")]
    public void Read_OctetsChanged_IsRefusedOrRead(string file) =>
        Assert.True(HostileFile.RefusedChanges(Recorded.Octets(file), KerberosError.KeytabUnusable, f => KeytabFile.Read(f)) > 100);

    [Theory]
    [InlineData("all-enctypes.keytab")]
    [InlineData("hole.keytab")]
    public void Read_AnyLengthEnormous_IsRefusedOrRead(string file) =>
        Assert.True(HostileFile.RefusedLengths(Recorded.Octets(file), KerberosError.KeytabUnusable, f => KeytabFile.Read(f)) > 100);

    [Fact]
    public void Write_WhatWasReadOfMit_IsTheSameFile()
    {
        var file = Recorded.Octets("wide-kvno.keytab");

        Assert.Equal(Convert.ToHexStringLower(file), Convert.ToHexStringLower(KeytabFile.Write(KeytabFile.Read(file))));
    }

    [Fact]
    public void Write_EntryWithoutItsKey_IsRefused()
    {
        var keytab = KeytabFile.Read(FileOf(s_build.Entry(type: 23, key: new byte[16])));

        Assert.Throws<ArgumentException>(() => KeytabFile.Write(keytab));
    }

    private static byte[] FileOf(byte[] entry) => new KeytabBytes().Record(entry).ToArray();

    private static KerberosException Refused(byte[] file)
    {
        var exception = Assert.Throws<KerberosException>(() => KeytabFile.Read(file));
        Assert.Equal(KerberosError.KeytabUnusable, exception.Error);
        return exception;
    }
}
