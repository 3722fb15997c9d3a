using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

public class RoundTripTests
{
    /// <summary>Written again with a zero where MIT leaves the field out, or without a field that means nothing alone.</summary>
    private static readonly string[] s_writtenDifferently = ["error(optionals NULL)", "pa_enc_ts(no usec)"];

    public static TheoryData<string> Vectors => [.. MitVectors.Names];

    public static TheoryData<string> VectorsWrittenAgain => [.. MitVectors.Names.Except(s_writtenDifferently)];

    public static TheoryData<string> Rich => [.. RichSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Decode_MitEncoding_GivesTheValuesMitMadeItFrom(string vector)
    {
        var decoded = MessageCodec.For(vector).Decode(MitVectors.Get(vector));

        Assert.Equal(MessageText.Of(MitSamples.Get(vector)), MessageText.Of(decoded));
    }

    [Theory]
    [MemberData(nameof(VectorsWrittenAgain))]
    public void Encode_ValuesOfMit_GivesMitsOctets(string vector)
    {
        var encoded = MessageCodec.For(vector).Encode(MitSamples.Get(vector));

        Assert.Equal(Convert.ToHexString(MitVectors.Get(vector)), Convert.ToHexString(encoded));
    }

    [Fact]
    public void Encode_KrbErrorThatCameWithCusecAlone_LeavesItOut()
    {
        var encoded = KrbError.Decode(MitVectors.Get("error(optionals NULL)")).Encode();

        Assert.Null(KrbError.Decode(encoded).ClientTime);
        Assert.Equal(MitVectors.Get("error(optionals NULL)").Length - 7, encoded.Length);
    }

    [Fact]
    public void Encode_PaEncTimestampThatCameWithoutPausec_WritesZero()
    {
        var encoded = PaEncTimestamp.Decode(MitVectors.Get("pa_enc_ts(no usec)")).Encode();

        Assert.Equal([0xA1, 0x03, 0x02, 0x01, 0x00], encoded[^5..]);
    }

    [Theory]
    [MemberData(nameof(Rich))]
    public void Decode_OwnEncodingOfEveryField_GivesTheSameFieldsAndOctets(string sample)
    {
        var codec = MessageCodec.For(sample);
        var message = RichSamples.All[sample];
        var encoded = codec.Encode(message);

        var decoded = codec.Decode(encoded);

        Assert.Equal(MessageText.Of(message), MessageText.Of(decoded));
        Assert.Equal(Convert.ToHexString(encoded), Convert.ToHexString(codec.Encode(decoded)));
    }

    [Fact]
    public void Samples_CoverEveryCodec()
    {
        Assert.Empty(MessageCodec.Names.Except(MitVectors.Names.Select(n => n.Split('(')[0])));
        Assert.Empty(MessageCodec.Names.Except(RichSamples.All.Keys.Select(n => n.Split('(')[0])));
    }

    [Fact]
    public void EncKdcRepPart_OfAnAsReply_HasTag25()
    {
        var asPart = (EncKdcRepPart)RichSamples.All["enc_kdc_rep_part(AS)"];
        var tgsPart = (EncKdcRepPart)RichSamples.All["enc_kdc_rep_part(TGS)"];

        Assert.Equal(0x79, asPart.Encode()[0]);
        Assert.Equal(0x7A, tgsPart.Encode()[0]);
        Assert.Equal(MessageType.AsRep, EncKdcRepPart.Decode(asPart.Encode()).ReplyType);
    }

    [Fact]
    public void KdcReqDecode_GivesTheBodyAsItWasSent()
    {
        KdcReq.Decode(MitVectors.Get("tgs_req"), out var body);

        Assert.Equal(MitVectors.Get("kdc_req_body"), body.ToArray());
    }

    [Fact]
    public void TicketDecode_KeepsTheOctetsAsSent()
    {
        Assert.Equal(MitVectors.Get("ticket"), Ticket.Decode(MitVectors.Get("ticket")).Encoded.ToArray());
        Assert.Equal(MitVectors.Get("ticket"), ApReq.Decode(MitVectors.Get("ap_req")).Ticket.Encoded.ToArray());
    }

    [Theory]
    [MemberData(nameof(Rich))]
    public void ToString_OfAMessage_ShowsNoOctets(string sample)
    {
        var message = RichSamples.All[sample];

        Assert.DoesNotContain("00070E", message.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0, 7, 14", message.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("AAcO", message.ToString(), StringComparison.Ordinal);
    }
}
