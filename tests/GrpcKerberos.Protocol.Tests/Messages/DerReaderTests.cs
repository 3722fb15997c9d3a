using System.Text;
using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>The simple types of RFC 4120 section 5.2, value by value.</summary>
public class DerReaderTests
{
    [Theory]
    [InlineData("020100", 0)]
    [InlineData("02030F423F", 999_999)]
    public void Microseconds_InRange_AreRead(string encoded, int value) => Assert.Equal(value, Reader(encoded).Microseconds());

    [Theory]
    [InlineData("02030F4240")]
    [InlineData("0201FF")]
    [InlineData("02047FFFFFFF")]
    [InlineData("020500FFFFFFFF")]
    public void Microseconds_OutOfRange_AreRefused(string encoded) => Assert.Throws<DerException>(() => Reader(encoded).Microseconds());

    [Theory]
    [InlineData("020100", 0u)]
    [InlineData("02047FFFFFFF", 0x7FFFFFFFu)]
    [InlineData("02050080000000", 0x80000000u)]
    [InlineData("020500FFFFFFFF", 0xFFFFFFFFu)]
    [InlineData("0201FF", 0xFFFFFFFFu)]
    [InlineData("020480000000", 0x80000000u)]
    [InlineData("0204B0D00023", 0xB0D00023u)]
    public void UInt32_OfEitherSign_ReadsAsThe32BitsItMeans(string encoded, uint value) => Assert.Equal(value, Reader(encoded).UInt32());

    [Theory]
    [InlineData("02050100000000")]
    [InlineData("0205FF7FFFFFFF")]
    [InlineData("02087FFFFFFFFFFFFFFF")]
    [InlineData("0209010000000000000000")]
    public void UInt32_OutOfRange_IsRefused(string encoded) => Assert.Throws<DerException>(() => Reader(encoded).UInt32());

    [Fact]
    public void SequenceNumber_SentAsNegative_ReadsUnsignedAndIsWrittenUnsigned()
    {
        var encoded = Spoil("ap_rep_enc_part", e => e.Tag == 2 && e.Content is [17], [0xFF, 0x7F]);

        var part = EncApRepPart.Decode(encoded);

        Assert.Equal(0xFFFFFF7Fu, part.SequenceNumber);
        Assert.Equal(Convert.FromHexString("A307020500FFFFFF7F"), part.Encode()[^9..]);
    }

    [Theory]
    [InlineData("02047FFFFFFF", int.MaxValue)]
    [InlineData("020480000000", int.MinValue)]
    public void Int32_AtItsEnds_IsRead(string encoded, int value) => Assert.Equal(value, Reader(encoded).Int32());

    [Theory]
    [InlineData("02050080000000")]
    [InlineData("0205FF7FFFFFFF")]
    public void Int32_OverItsEnds_IsRefused(string encoded) => Assert.Throws<DerException>(() => Reader(encoded).Int32());

    [Theory]
    [InlineData("19940610060317Z", "1994-06-10T06:03:17Z")]
    [InlineData("20240229235959Z", "2024-02-29T23:59:59Z")]
    [InlineData("19700101000000Z", "1970-01-01T00:00:00Z")]
    [InlineData("99991231235959Z", "9999-12-31T23:59:59Z")]
    [InlineData("00010101000000Z", "0001-01-01T00:00:00Z")]
    public void Time_OfWholeSecondsInUtc_IsRead(string text, string expected) => Assert.Equal(expected, TimeReader(text).Time().ToString());

    [Theory]
    [InlineData("19940610060317.5Z")]
    [InlineData("19940610060317.0Z")]
    [InlineData("19940610060317.Z")]
    [InlineData("19940610060317")]
    [InlineData("19940610060317z")]
    [InlineData("19940610060317+0000")]
    [InlineData("19940610060317-05")]
    [InlineData("199406100603Z")]
    [InlineData("1994061006Z")]
    [InlineData("19940229060317Z")]
    [InlineData("19941310060317Z")]
    [InlineData("19940010060317Z")]
    [InlineData("19940600060317Z")]
    [InlineData("19940610240000Z")]
    [InlineData("19940610066017Z")]
    [InlineData("19940630235960Z")]
    [InlineData("00000101000000Z")]
    [InlineData("1994061006031 Z")]
    [InlineData("-9940610060317Z")]
    [InlineData("")]
    public void Time_OfAnyOtherForm_IsRefused(string text)
    {
        Assert.Equal(1994, TimeReader("19940610060317Z").Time().ToDateTimeOffset().Year);

        Assert.Throws<DerException>(() => TimeReader(text).Time());
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("C0AF")]
    [InlineData("E28A")]
    [InlineData("EDA080")]
    [InlineData("F4908080")]
    [InlineData("41FC42")]
    public void KerberosString_NotUtf8_IsRefused(string content)
    {
        Assert.Equal("bü", StringReader("62C3BC").KerberosString());

        Assert.Throws<DerException>(() => StringReader(content).KerberosString());
    }

    [Theory]
    [InlineData("0C0141")]
    [InlineData("160141")]
    [InlineData("130141")]
    public void KerberosString_OfAnotherStringType_IsRefused(string encoded)
    {
        Assert.Equal("A", Reader("1B0141").KerberosString());

        Assert.Throws<DerException>(() => Reader(encoded).KerberosString());
    }

    [Theory]
    [InlineData("030100", 0u)]
    [InlineData("03020040", 0x40000000u)]
    [InlineData("03020540", 0x40000000u)]
    [InlineData("0303004001", 0x40010000u)]
    [InlineData("030500FEDCBA98", 0xFEDCBA98u)]
    [InlineData("030600FEDCBA98FF", 0xFEDCBA98u)]
    [InlineData("030607FEDCBA9880", 0xFEDCBA98u)]
    public void Flags_OfAnyLength_ReadAsTheirFirst32Bits(string encoded, uint flags) => Assert.Equal(flags, Reader(encoded).Flags());

    [Theory]
    [InlineData("0300")]
    [InlineData("030101")]
    [InlineData("03020800")]
    [InlineData("03020141")]
    [InlineData("0302FF40")]
    [InlineData("030501FEDCBA99")]
    public void Flags_Malformed_AreRefused(string encoded) => Assert.Throws<DerException>(() => Reader(encoded).Flags());

    [Fact]
    public void DerException_OfAnyFailure_QuotesNoContent()
    {
        var e = Assert.Throws<DerException>(() => StringReader("536563726574FF").KerberosString());

        Assert.DoesNotContain("Secret", e.Message, StringComparison.Ordinal);
    }

    private static DerReader Reader(string hex) => new(Convert.FromHexString(hex));

    private static DerReader TimeReader(string text) => new(DerTree.Write(0x18, Encoding.ASCII.GetBytes(text)));

    private static DerReader StringReader(string hex) => new(DerTree.Write(0x1B, Convert.FromHexString(hex)));

    private static byte[] Spoil(string sample, Func<DerTree, bool> applies, byte[] content)
    {
        var root = DerTree.Parse(MitVectors.Get(sample));
        root.Flatten().Single(applies).Content = content;
        return root.Encode();
    }
}
