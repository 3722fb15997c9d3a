using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>What holds for a key of whatever type.</summary>
public class OtherTypeKeyTests
{
    public static TheoryData<EncryptionType> Types => [EncryptionType.Rc4Hmac, EncryptionType.Camellia128CtsCmac, EncryptionType.Camellia256CtsCmac];

    [Theory]
    [MemberData(nameof(Types))]
    public void Seal_EveryLengthUpTo100_OpensAgainAndHasTheLengthTold(EncryptionType type)
    {
        using var key = LongTermKey.Generate(type);
        for (var length = 0; length <= 100; length++)
        {
            var text = Enumerable.Range(1, length).Select(static i => (byte)i).ToArray();
            var message = key.Seal(KeyUsage.Ticket, text);
            Assert.Equal(key.SealedLength(length), message.Length);
            Assert.True(key.TryOpen(KeyUsage.Ticket, message, out var opened));
            Assert.Equal(text, opened);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void TryOpen_AnyBitFlipped_False(EncryptionType type)
    {
        using var key = LongTermKey.Generate(type);
        var message = key.Seal(KeyUsage.Ticket, new byte[21]);
        Assert.True(key.TryOpen(KeyUsage.Ticket, message, out _));
        for (var bit = 0; bit < 8 * message.Length; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.TryOpen(KeyUsage.Ticket, message, out _));
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void TryOpen_EveryShorterLength_False(EncryptionType type)
    {
        using var key = LongTermKey.Generate(type);
        var message = key.Seal(KeyUsage.Ticket, new byte[40]);
        for (var length = 0; length < message.Length; length++) Assert.False(key.TryOpen(KeyUsage.Ticket, message.AsSpan(0, length), out _));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MakeChecksum_OtherDataUsageOrKey_NotVerified(EncryptionType type)
    {
        using var key = LongTermKey.Generate(type);
        using var other = LongTermKey.Generate(type);
        var checksum = key.MakeChecksum(KeyUsage.TgsReqAuthenticatorChecksum, "data"u8);

        Assert.True(key.VerifyChecksum(KeyUsage.TgsReqAuthenticatorChecksum, "data"u8, checksum));
        Assert.False(key.VerifyChecksum(KeyUsage.TgsReqAuthenticatorChecksum, "date"u8, checksum));
        Assert.False(key.VerifyChecksum(KeyUsage.ApReqAuthenticatorChecksum, "data"u8, checksum));
        Assert.False(other.VerifyChecksum(KeyUsage.TgsReqAuthenticatorChecksum, "data"u8, checksum));
    }

    [Theory]
    [InlineData(EncryptionType.Rc4Hmac, false)]
    [InlineData(EncryptionType.Camellia128CtsCmac, true)]
    [InlineData(EncryptionType.Camellia256CtsCmac, true)]
    public void MakesSessions_ByWhetherItsMicsAreThoseOfRfc4121(EncryptionType type, bool expected) => Assert.Equal(expected, EncryptionProfile.MakesSessions(type));

    [Fact]
    public void Register_AgainAndByManyAtOnce_EachTypeOnce()
    {
        Assert.True(EncryptionProfile.TryFor(EncryptionType.Camellia256CtsCmac, out var before));
        Parallel.For(0, 64, static _ => EncryptionProfile.Register([BouncyCastleEncryptionTypes.Camellia]));
        Assert.True(EncryptionProfile.TryFor(EncryptionType.Camellia256CtsCmac, out var after));
        Assert.Same(before, after);
    }
}
