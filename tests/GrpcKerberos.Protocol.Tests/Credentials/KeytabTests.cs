using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public sealed class KeytabTests
{
    private const EncryptionType Type = EncryptionType.Aes256CtsHmacSha384;

    private static readonly KerberosPrincipal s_service = KerberosPrincipal.Parse("HTTP/a.test@TEST.LOCAL");

    private readonly KeytabEntry _entry = new(s_service, 1, Type, LongTermKey.Generate(Type));

    [Fact]
    public void HasKey_SameNameAndBytes()
    {
        var keytab = new Keytab([_entry]);
        var copy = _entry with { Key = new LongTermKey(Type, _entry.Key!.Bytes) };

        Assert.True(keytab.HasKey(copy));
        Assert.True(keytab.HasKey(s_service, 1, Type));
        Assert.False(keytab.HasKey(_entry with { KeyVersion = 2 }));
        Assert.False(keytab.HasKey(s_service, 2, Type));
        Assert.False(keytab.HasKey(_entry with { Principal = KerberosPrincipal.Parse("HTTP/a.test@OTHER.LOCAL") }));
        Assert.False(keytab.HasKey(_entry with { Key = LongTermKey.Generate(Type) }));
        Assert.False(keytab.HasKey(_entry with { Key = null }));
        Assert.False(keytab.HasKey(s_service, 1, EncryptionType.Aes256CtsHmacSha1));
    }

    [Fact]
    public void HasKey_EncryptionTypeWithoutCode_IsSameByName()
    {
        var unread = _entry with { Type = (EncryptionType)3, Key = null };

        Assert.True(new Keytab([unread]).HasKey(unread with { Timestamp = default }));
        Assert.False(new Keytab([unread]).HasKey(unread with { KeyVersion = 2 }));
    }

    [Fact]
    public void HasSameKeysAs_OrderDoesNotCount()
    {
        var second = _entry with { KeyVersion = 2 };

        Assert.True(new Keytab([_entry, second]).HasSameKeysAs(new Keytab([second, _entry])));
        Assert.False(new Keytab([_entry, second]).HasSameKeysAs(new Keytab([_entry])));
        Assert.False(new Keytab([_entry]).HasSameKeysAs(new Keytab([second])));
        Assert.False(new Keytab([_entry, _entry]).HasSameKeysAs(new Keytab([_entry, second])));
    }

    [Fact]
    public void With_AddsWhatIsMissingAndNoMore()
    {
        var second = _entry with { KeyVersion = 2 };
        var other = _entry with { Key = LongTermKey.Generate(Type) };

        Assert.Equal([second, _entry], new Keytab([second]).With(new Keytab([_entry, second])).Entries);
        Assert.Equal([other, _entry], new Keytab([other]).With(new Keytab([_entry])).Entries);
    }
}
