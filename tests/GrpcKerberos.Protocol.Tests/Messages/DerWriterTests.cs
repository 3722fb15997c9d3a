using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public class DerWriterTests
{
    private static readonly byte[] s_one = [0x02, 0x01, 0x01];

    [Fact]
    public void Encode_InsideEncode_MixesNeither()
    {
        byte[]? inner = null;
        var outer = DerWriter.Encode(writer =>
        {
            writer.WriteInteger(2);
            inner = DerWriter.Encode(static w => w.WriteInteger(1));
            writer.WriteEncodedValue(inner);
        });

        Assert.Equal(s_one, inner);
        Assert.Equal([0x02, 0x01, 0x02, .. s_one], outer);
    }

    [Fact]
    public void Encode_AfterOneThatFailed_HoldsNothingOfIt()
    {
        Assert.Throws<NotSupportedException>(() => DerWriter.Encode(static writer =>
        {
            writer.WriteInteger(7);
            throw new NotSupportedException();
        }));

        Assert.Equal(s_one, DerWriter.Encode(static w => w.WriteInteger(1)));
    }

    [Fact]
    public void Encode_AfterALargeMessage_HoldsNothingOfIt()
    {
        var large = DerWriter.Encode(static w => w.WriteOctetString(new byte[100_000]));

        Assert.Equal(100_005, large.Length);
        Assert.Equal(s_one, DerWriter.Encode(static w => w.WriteInteger(1)));
    }

    [Fact]
    public void Encode_ApRep_AllocatesLittleMoreThanItsOctets()
    {
        var reply = new ApRep(new EncryptedData(EncryptionType.Aes256CtsHmacSha1, null, new byte[90]));
        var length = reply.Encode().Length;

        Assert.InRange(Allocated.Least(() => reply.Encode()), length, length + 300);
    }
}
