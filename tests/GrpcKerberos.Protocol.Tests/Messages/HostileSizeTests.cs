using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>Depth and size a peer chooses must cost neither stack nor more memory than a small multiple of what it sent.</summary>
public class HostileSizeTests
{
    private const int Depth = 100_000;

    /// <summary>A list of the shortest strings is the worst: two or three octets become a reference and a string object.</summary>
    private const int BytesPerOctet = 24;

    /// <summary>Two exceptions with their stack traces and texts.</summary>
    private const int Constant = 16_384;

    public static TheoryData<string> Codecs => [.. MessageCodec.Names];

    public static TheoryData<string> Samples => Hostile.Samples;

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decode_SequencesNestedDeeply_IsRefusedOnASmallStack(string codec)
    {
        foreach (var innermost in (byte[][])[[], [0x30, 0x80]])
        {
            var nested = Nest(innermost, Depth, 0x30);
            OnSmallStack(() => Hostile.Refused(codec, nested, "nested sequences"));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_NestingInsteadOfAnElement_IsRefusedOnASmallStack(string sample)
    {
        var nested = Nest([], 5_000, 0xA0);
        OnSmallStack(() =>
        {
            foreach (var (root, element) in DerTree.EachElement(MitVectors.Get(sample)))
            {
                element.Spoiled = (tag, _) => DerTree.Write(tag, nested);
                if (element.Tag == 0x04) MessageCodec.For(sample).Decode(root.Encode()); // an OCTET STRING may hold anything
                else Hostile.Refused(sample, root.Encode(), $"nesting in {element.Tag:X2}");
            }
        });
    }

    [Fact]
    public void AuthorizationDataDecodeList_ContainersNestedDeeply_OpensOneLevelOnly()
    {
        var nested = AuthorizationData.EncodeList([]);
        for (var i = 0; i < 300; i++) nested = AuthorizationData.EncodeList([AuthorizationData.IfRelevant(AuthorizationData.DecodeList(nested))]);

        OnSmallStack(() => Assert.Single(AuthorizationData.DecodeList(nested)));
    }

    [Theory]
    [InlineData("ticket")]
    [InlineData("authenticator")]
    [InlineData("as_req")]
    [InlineData("error")]
    public void Decode_NameOfManyComponents_StaysWithinAMultipleOfTheInput(string sample)
    {
        AssertBounded(sample, e => e.Tag == 0x1B && e.Content.Length == 6, e => e, [0x1B, 0x01, 0x41]);
        AssertBounded(sample, e => e.Tag == 0x1B && e.Content.Length == 6, e => e, [0x1B, 0x00]);
    }

    [Theory]
    [InlineData("authenticator", 0xA8, "3009A003020101A1020400")]
    [InlineData("authorization_data", 0, "3009A003020101A1020400")]
    [InlineData("as_rep", 0xA2, "3009A103020101A2020400")]
    [InlineData("as_req", 0xA3, "3009A103020101A2020400")]
    [InlineData("enc_kdc_rep_part", 0xA1, "3018A003020101A111180F31393934303631303036303331375A")]
    [InlineData("enc_kdc_rep_part", 0xAB, "3009A003020101A1020400")]
    [InlineData("enc_tkt_part", 0xAA, "3009A003020101A1020400")]
    [InlineData("etype_info2", 0, "3005A003020101")]
    [InlineData("kdc_req_body", 0xA8, "020100")]
    public void Decode_LongList_StaysWithinAMultipleOfTheInput(string sample, byte listField, string element) =>
        AssertBounded(sample, e => listField == 0 || (e.Tag == listField && e.Children[0].IsSequence), e => e.IsField ? e.Children[0] : e, Convert.FromHexString(element));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_HugeLength_AllocatesNothingForIt(string sample)
    {
        foreach (var (root, element) in DerTree.EachElement(MitVectors.Get(sample)))
        {
            element.Spoiled = (tag, content) => [tag, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, .. content];
            var encoded = root.Encode();
            var allocated = Allocated.Least(() => Hostile.Refused(sample, encoded, "a huge length"), times: 3);
            Assert.True(allocated < Constant, $"{allocated} bytes for a length in {element.Tag:X2}");
        }
    }

    /// <summary>
    /// Puts 10,000 copies of an element into the first place that fits: instead of the string there, or as the content of the SEQUENCE OF there.
    /// </summary>
    private static void AssertBounded(string sample, Func<DerTree, bool> fits, Func<DerTree, DerTree> place, byte[] element)
    {
        var (root, found) = DerTree.EachElement(MitVectors.Get(sample)).First(e => fits(e.Element));
        var run = Enumerable.Repeat(element, 10_000).SelectMany(e => e).ToArray();
        place(found).Spoiled = (tag, _) => tag == 0x30 ? DerTree.Write(tag, run) : run;
        var encoded = root.Encode();
        Assert.Contains("[", MessageText.Of(MessageCodec.For(sample).Decode(encoded)), StringComparison.Ordinal);

        var allocated = Allocated.Least(() => MessageCodec.For(sample).Decode(encoded), times: 3);

        Assert.True(allocated < ((long)BytesPerOctet * encoded.Length) + Constant, $"{allocated} bytes for {encoded.Length} octets");
    }

    /// <summary>Wraps from the inside out, each level in the shortest length form, written backwards so that it stays linear.</summary>
    private static byte[] Nest(byte[] innermost, int depth, byte tag)
    {
        var backwards = new List<byte>(innermost.Reverse());
        for (var i = 0; i < depth; i++)
        {
            backwards.AddRange(DerTree.Length(backwards.Count).Reverse());
            backwards.Add(tag);
        }

        backwards.Reverse();
        return [.. backwards];
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
    }
}
