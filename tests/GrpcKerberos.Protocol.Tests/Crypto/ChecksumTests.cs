using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class ChecksumTests
{
    public static IEnumerable<object[]> Types => Engines.AllTypes;

    [Theory]
    [MemberData(nameof(Types))]
    public void VerifyChecksum_OneChange_Refused(EncryptionType type)
    {
        using var key = new Subkey(type, Engines.Bytes(type));
        using var other = new Subkey(type, Engines.Bytes(type, 2));
        var checksum = key.MakeChecksum(KeyUsage.InitiatorMic, "text"u8);
        Assert.True(key.VerifyChecksum(KeyUsage.InitiatorMic, "text"u8, checksum));

        Assert.False(key.VerifyChecksum(KeyUsage.AcceptorMic, "text"u8, checksum));
        Assert.False(key.VerifyChecksum(KeyUsage.InitiatorMic, "texts"u8, checksum));
        Assert.False(other.VerifyChecksum(KeyUsage.InitiatorMic, "text"u8, checksum));
        for (var bit = 0; bit < checksum.Length * 8; bit++)
        {
            checksum[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.VerifyChecksum(KeyUsage.InitiatorMic, "text"u8, checksum));
            checksum[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void VerifyChecksum_OtherLength_Refused(EncryptionType type)
    {
        using var key = new Subkey(type, Engines.Bytes(type));
        var checksum = key.MakeChecksum(KeyUsage.InitiatorMic, "text"u8);
        Assert.True(key.VerifyChecksum(KeyUsage.InitiatorMic, "text"u8, checksum));
        for (var length = 0; length <= 64; length++)
        {
            var resized = new byte[length];
            checksum.AsSpan(0, Math.Min(length, checksum.Length)).CopyTo(resized);
            Assert.Equal(length == checksum.Length, key.VerifyChecksum(KeyUsage.InitiatorMic, "text"u8, resized));
        }
    }

    [Theory]
    [InlineData(EncryptionType.Aes128CtsHmacSha1, 12)]
    [InlineData(EncryptionType.Aes256CtsHmacSha1, 12)]
    [InlineData(EncryptionType.Aes128CtsHmacSha256, 16)]
    [InlineData(EncryptionType.Aes256CtsHmacSha384, 24)]
    public void DeriveChecksumKeys_KeyDisposed_StillSignTheSame(EncryptionType type, int length)
    {
        var key = new Subkey(type, Engines.Bytes(type));
        var expected = key.MakeChecksum(KeyUsage.InitiatorMic, "text"u8);
        var expectedOfSecond = key.MakeChecksum(KeyUsage.AcceptorMic, "text"u8);
        var mic = key.DeriveChecksumKeys(KeyUsage.InitiatorMic, KeyUsage.AcceptorMic);
        key.Dispose();

        Assert.Equal((type, length), (mic.Type, mic.Length));
        var signed = new byte[length];
        mic.Sign(bySecond: false, "text"u8, signed);
        Vectors.Equal(expected, signed);
        mic.Sign(bySecond: true, "text"u8, signed);
        Vectors.Equal(expectedOfSecond, signed);
    }

    [Fact]
    public void Sign_RoomOfOtherLength_IsMisuse()
    {
        using var key = Subkey.Generate(EncryptionType.Aes128CtsHmacSha256);
        var mic = key.DeriveChecksumKeys(KeyUsage.InitiatorMic, KeyUsage.AcceptorMic);
        mic.Sign(bySecond: false, [], new byte[16]);
        Assert.Throws<ArgumentOutOfRangeException>(() => mic.Sign(bySecond: false, [], new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => mic.Sign(bySecond: true, [], new byte[17]));
    }

    [Fact]
    public void Sign_Disposed_IsMisuse()
    {
        using var key = Subkey.Generate(EncryptionType.Aes128CtsHmacSha256);
        var mic = new SessionKeys(key, KeyOwner.Initiator);
        var signed = mic.SignAnswer(1, new ReplyInput([], [])).ToArray();
        Assert.True(mic.VerifyAnswer(1, signed, new ReplyInput([], [])));
        mic.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mic.SignAnswer(1, new ReplyInput([], [])));
        Assert.Throws<ObjectDisposedException>(() => mic.VerifyAnswer(1, signed, new ReplyInput([], [])));
    }

    [Fact]
    public void CompatibleChecksum_EveryTypeOnEveryKey_OnlyTheMandatoryOne()
    {
        var mandatory = new Dictionary<EncryptionType, int>
        {
            [EncryptionType.Aes128CtsHmacSha1] = 15,
            [EncryptionType.Aes256CtsHmacSha1] = 16,
            [EncryptionType.Aes128CtsHmacSha256] = 19,
            [EncryptionType.Aes256CtsHmacSha384] = 20,
            [EncryptionType.Rc4Hmac] = -138,
            [EncryptionType.Camellia128CtsCmac] = 17,
            [EncryptionType.Camellia256CtsCmac] = 18,
        };
        foreach (var type in Enum.GetValues<EncryptionType>())
        {
            for (var checksum = -140; checksum <= 0x8003; checksum++)
            {
                var expected = mandatory.TryGetValue(type, out var only) && only == checksum;
                Assert.Equal(expected, CompatibleChecksum.IsFor(type, (ChecksumType)checksum));
            }
        }
    }
}
