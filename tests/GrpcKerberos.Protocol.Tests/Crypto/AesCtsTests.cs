using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class AesCtsTests
{
    private static readonly AesEngine[] All = [AesEngine.Default, new PlatformAesEngine()];

    [Fact]
    public void Encrypt_Rfc3962AppendixB_GivesItsOutputsAndOpensThem()
    {
        foreach (var engine in All)
        {
            foreach (var fields in Vectors.Read("rfc3962/cts.txt"))
            {
                var data = Vectors.Hex(fields[1]);
                AesCts.Encrypt(engine, Schedule(engine, Vectors.Hex(fields[0])), data);
                Vectors.Equal(Vectors.Hex(fields[2]), data);
                AesCts.Decrypt(engine, Schedule(engine, Vectors.Hex(fields[0]), true), data, data);
                Vectors.Equal(Vectors.Hex(fields[1]), data);
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    public void Encrypt_LengthsUpTo200_EnginesAgreeAndOpenEachOther(int keyLength)
    {
        var key = RandomNumberGenerator.GetBytes(keyLength);
        var platform = new PlatformAesEngine();
        for (var length = 16; length <= 200; length++)
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            var ours = plaintext.ToArray();
            var theirs = plaintext.ToArray();
            AesCts.Encrypt(AesEngine.Default, Schedule(AesEngine.Default, key), ours);
            AesCts.Encrypt(platform, Schedule(platform, key), theirs);
            Vectors.Equal(theirs, ours);

            var opened = new byte[length];
            AesCts.Decrypt(AesEngine.Default, Schedule(AesEngine.Default, key, true), theirs, opened);
            Vectors.Equal(plaintext, opened);
            AesCts.Decrypt(platform, Schedule(platform, key, true), ours, opened);
            Vectors.Equal(plaintext, opened);
            AesCts.Decrypt(AesEngine.Default, Schedule(AesEngine.Default, key, true), ours, ours);
            Vectors.Equal(plaintext, ours);
        }
    }

    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089")]
    public void EncryptCbc_Fips197AppendixC_GivesItsBlock(string key, string expected)
    {
        foreach (var engine in All)
        {
            var block = Vectors.Hex("00112233445566778899aabbccddeeff");
            engine.EncryptCbc(Schedule(engine, Vectors.Hex(key)), new byte[16], block, block);
            Vectors.Equal(Vectors.Hex(expected), block);
            engine.DecryptCbc(Schedule(engine, Vectors.Hex(key), true), new byte[16], block, block);
            Vectors.Equal(Vectors.Hex("00112233445566778899aabbccddeeff"), block);
        }
    }

    [Fact]
    public void Encrypt_LessThanOneBlock_IsMisuse()
    {
        foreach (var engine in All)
        {
            var schedule = Schedule(engine, new byte[16]);
            Assert.Throws<ArgumentOutOfRangeException>(() => AesCts.Encrypt(engine, schedule, new byte[15]));
            Assert.Throws<ArgumentOutOfRangeException>(() => AesCts.Decrypt(engine, schedule, new byte[15], new byte[15]));
            AesCts.Encrypt(engine, schedule, new byte[16]);
        }
    }

    private static byte[] Schedule(AesEngine engine, byte[] key, bool forDecryption = false)
    {
        var schedule = new byte[engine.ScheduleLength(key.Length)];
        if (forDecryption)
            engine.ExpandForDecryption(key, schedule);
        else
            engine.ExpandForEncryption(key, schedule);
        return schedule;
    }
}
