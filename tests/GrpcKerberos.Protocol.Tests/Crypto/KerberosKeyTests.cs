using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class KerberosKeyTests
{
    public static IEnumerable<object[]> Types => Engines.AllTypes;

    [Theory]
    [MemberData(nameof(Types))]
    public void Seal_AllLengths_OpensAgainOnEveryEngine(EncryptionType type)
    {
        var keys = Vectors.Keys(type, Engines.Bytes(type)).ToList();
        foreach (var length in Enumerable.Range(0, 101).Concat([1000, 1008, 1009, 2000, 20000]))
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            foreach (var (sealing, opening) in keys.SelectMany(a => keys.Select(b => (a, b))))
            {
                var message = sealing.Seal(KeyUsage.Ticket, plaintext);
                Assert.Equal(sealing.SealedLength(length), message.Length);
                Assert.True(opening.TryOpen(KeyUsage.Ticket, message, out var opened));
                Vectors.Equal(plaintext, opened);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void TryOpen_AnyBitFlipped_Refused(EncryptionType type)
    {
        using var key = new LongTermKey(type, Engines.Bytes(type));
        foreach (var length in new[] { 0, 5, 16, 40 })
        {
            var message = key.Seal(KeyUsage.Ticket, new byte[length]);
            Assert.True(key.TryOpen(KeyUsage.Ticket, message, out _));
            for (var bit = 0; bit < message.Length * 8; bit++)
            {
                message[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(key.TryOpen(KeyUsage.Ticket, message, out var opened));
                Assert.Null(opened);
                message[bit / 8] ^= (byte)(1 << (bit % 8));
            }
            Assert.True(key.TryOpen(KeyUsage.Ticket, message, out _));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void TryOpen_ShortExtendedOrCut_RefusedWithoutException(EncryptionType type)
    {
        foreach (var key in Vectors.Keys(type, Engines.Bytes(type)))
        {
            for (var length = 0; length <= 64; length++)
                Assert.False(key.TryOpen(KeyUsage.Ticket, RandomNumberGenerator.GetBytes(length), out _));
            var message = key.Seal(KeyUsage.Ticket, new byte[40]);
            Assert.True(key.TryOpen(KeyUsage.Ticket, message, out _));
            Assert.False(key.TryOpen(KeyUsage.Ticket, [.. message, 0], out _));
            for (var length = 0; length < message.Length; length++)
                Assert.False(key.TryOpen(KeyUsage.Ticket, message.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void TryOpen_OtherUsageOrKey_Refused(EncryptionType type)
    {
        using var key = new LongTermKey(type, Engines.Bytes(type));
        using var other = new LongTermKey(type, Engines.Bytes(type, 2));
        var message = key.Seal(KeyUsage.ApReqAuthenticator, "text"u8);
        Assert.True(key.TryOpen(KeyUsage.ApReqAuthenticator, message, out _));
        Assert.False(key.TryOpen(KeyUsage.ApRepEncPart, message, out _));
        Assert.False(other.TryOpen(KeyUsage.ApReqAuthenticator, message, out _));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Seal_Twice_Differs(EncryptionType type)
    {
        using var key = LongTermKey.Generate(type);
        Assert.NotEqual(
            Convert.ToHexString(key.Seal(KeyUsage.Ticket, "text"u8)), Convert.ToHexString(key.Seal(KeyUsage.Ticket, "text"u8)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Seal_UsagesWithAndWithoutPreparedConstants_EnginesAgree(EncryptionType type)
    {
        var keys = Vectors.Keys(type, Engines.Bytes(type)).ToList();
        foreach (var usage in new[] { 0, 1, 31, 32, 1024, int.MaxValue, -1 })
        {
            var message = keys[0].Seal((KeyUsage)usage, "text"u8);
            Assert.All(keys, key => Assert.True(key.TryOpen((KeyUsage)usage, message, out _)));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Constructor_WrongLength_ArgumentException(EncryptionType type)
    {
        var bytes = Engines.Bytes(type);
        using var valid = new Subkey(type, bytes);
        var refused = Assert.Throws<ArgumentException>(() => new Subkey(type, bytes.AsSpan(1)));
        Assert.Contains("Next:", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TicketSessionKey(type, [.. bytes, 0]));
        Assert.Throws<ArgumentException>(() => new LongTermKey(type, []));
    }

    [Theory]
    [InlineData(EncryptionType.Rc4Hmac)]
    [InlineData(EncryptionType.Camellia128CtsCmac)]
    [InlineData((EncryptionType)16)]
    [InlineData((EncryptionType)0)]
    [InlineData((EncryptionType)(-17))]
    public void Constructor_TypeNotBuiltIn_ArgumentException(EncryptionType type)
    {
        Assert.False(EncryptionProfile.TryFor(type, out _));
        Assert.Throws<ArgumentException>(() => new LongTermKey(type, new byte[16]));
        Assert.Throws<ArgumentException>(() => Subkey.Generate(type));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ToString_AnyKey_IsTheMitNameAndNothingElse(EncryptionType type)
    {
        using var longTerm = LongTermKey.Generate(type);
        using var session = TicketSessionKey.Generate(type);
        using var subkey = Subkey.Generate(type);
        var checksum = subkey.DeriveChecksumKeys(KeyUsage.InitiatorMic, KeyUsage.AcceptorMic);
        Assert.All(new object[] { longTerm, session, subkey, checksum }, key => Assert.Equal(type.ToMitName(), key.ToString()));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Generate_Twice_GivesDifferentKeysOfTheTypesLength(EncryptionType type)
    {
        using var first = Subkey.Generate(type);
        using var second = Subkey.Generate(type);
        Assert.Equal(EncryptionProfile.For(type).KeyLength, first.Bytes.Length);
        Assert.NotEqual(Convert.ToHexString(first.Bytes), Convert.ToHexString(second.Bytes));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Dispose_UsedKey_ZeroesWhatItHeldAndRefusesUse(EncryptionType type)
    {
        var key = new LongTermKey(type, Engines.Bytes(type));
        for (var i = 0; i < 3; i++)
            Assert.True(key.TryOpen(KeyUsage.Ticket, key.Seal(KeyUsage.Ticket, "text"u8), out _));
        var held = key.Bytes;
        Assert.Contains(held.ToArray(), octet => octet != 0);
        key.Dispose();
        Assert.DoesNotContain(held.ToArray(), octet => octet != 0);
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => key.Seal(KeyUsage.Ticket, "text"u8));
        Assert.Throws<ObjectDisposedException>(() => key.Prf("text"u8, new byte[16]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Key_EightThreads_AllAgree(EncryptionType type)
    {
        var bytes = Engines.Bytes(type);
        using var alone = new LongTermKey(type, bytes);
        var confounder = new byte[16];
        var usages = Enumerable.Range(1, 25).Select(usage => (KeyUsage)usage).ToArray();
        var expected = usages.Select(usage => Convert.ToHexString(alone.Seal(usage, "text"u8, confounder))).ToArray();
        using var shared = new LongTermKey(type, bytes);
        using var start = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < 500; i++)
                {
                    var message = shared.Seal(usages[i % 25], "text"u8, confounder);
                    if (Convert.ToHexString(message) != expected[i % 25]) return false;
                    if (!shared.TryOpen(usages[i % 25], message, out var _)) return false;
                    if (!shared.VerifyChecksum(usages[i % 25], message, shared.MakeChecksum(usages[i % 25], message))) return false;
                }
                return true;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        Assert.All(threads, thread => Assert.True(thread.GetAwaiter().GetResult()));
    }
}
