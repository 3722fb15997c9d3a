using System.Buffers.Binary;
using GrpcKerberos.Protocol.Crypto;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

public sealed class StringToKeyTests
{
    [Theory]
    [InlineData("rfc3962/string-to-key.txt")]
    [InlineData("rfc8009/string-to-key.txt")]
    public void FromPassword_RfcVectors_GivesTheirKeys(string file)
    {
        foreach (var fields in Vectors.Read(file))
        {
            var type = Vectors.Type(fields[0]);
            using var key = LongTermKey.FromPassword(type, Vectors.Text(fields[2]), Vectors.Text(fields[3]), Iterations(Vectors.Number(fields[1])));
            Vectors.Equal(Vectors.Hex(fields[4]), key.Bytes);
            Assert.Equal(type, key.Type);

            var onPlatform = Engines.OnPlatform(type).StringToKey(Vectors.Hex(fields[2]), Vectors.Hex(fields[3]), Vectors.Number(fields[1]));
            Vectors.Equal(Vectors.Hex(fields[4]), onPlatform);
        }
    }

    [Theory]
    [InlineData(EncryptionType.Aes128CtsHmacSha1, 4096)]
    [InlineData(EncryptionType.Aes256CtsHmacSha1, 4096)]
    [InlineData(EncryptionType.Aes128CtsHmacSha256, 32768)]
    [InlineData(EncryptionType.Aes256CtsHmacSha384, 32768)]
    public void FromPassword_NoParameters_TakesTheDefaultIterations(EncryptionType type, int iterations)
    {
        using var byDefault = LongTermKey.FromPassword(type, "password", "EXAMPLE.COMalice");
        using var named = LongTermKey.FromPassword(type, "password", "EXAMPLE.COMalice", Iterations(iterations));
        using var other = LongTermKey.FromPassword(type, "password", "EXAMPLE.COMalice", Iterations(iterations + 1));
        Vectors.Equal(named.Bytes.ToArray(), byDefault.Bytes);
        Assert.NotEqual(Convert.ToHexString(other.Bytes), Convert.ToHexString(byDefault.Bytes));
    }

    [Theory]
    [InlineData("00000000")] // 2^32
    [InlineData("ffffffff")]
    [InlineData("80000001")]
    [InlineData("00100001")] // one more than is done
    [InlineData("001000")]
    [InlineData("0000100000")]
    public void FromPassword_ParametersOfAHostileKdc_KdcRefused(string parameters)
    {
        using var valid = LongTermKey.FromPassword(EncryptionType.Aes256CtsHmacSha1, "password", "EXAMPLE.COMalice", Vectors.Hex("00001000"));
        var refused = Assert.Throws<KerberosException>(
            () => LongTermKey.FromPassword(EncryptionType.Aes256CtsHmacSha1, "password", "EXAMPLE.COMalice", Vectors.Hex(parameters)));
        Assert.Equal(KerberosError.KdcRefused, refused.Error);
        Assert.Contains("Next:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPassword_MostIterations_IsDone()
    {
        using var key = LongTermKey.FromPassword(EncryptionType.Aes128CtsHmacSha1, "password", "EXAMPLE.COMalice", Iterations(StringToKey.MostIterations));
        Assert.Equal(16, key.Bytes.Length);
    }

    private static byte[] Iterations(int count)
    {
        var parameters = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(parameters, count);
        return parameters;
    }
}
