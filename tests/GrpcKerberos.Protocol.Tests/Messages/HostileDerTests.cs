using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>One spoiled element at every place of every message. The base each is made from is read in RoundTripTests.</summary>
public class HostileDerTests
{
    private static readonly byte[] s_null = [0x05, 0x00];

    public static TheoryData<string> Samples => Hostile.Samples;

    public static TheoryData<string> MinimalSamples => Hostile.MinimalSamples;

    [Theory]
    [MemberData(nameof(Samples))]
    public void Tree_Unspoiled_WritesTheSampleAgain(string sample)
    {
        foreach (var (root, _) in DerTree.EachElement(MitVectors.Get(sample))) Assert.Equal(MitVectors.Get(sample), root.Encode());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_EveryPrefix_IsRefused(string sample)
    {
        var encoded = MitVectors.Get(sample);
        for (var length = 0; length < encoded.Length; length++) Hostile.Refused(sample, encoded[..length], $"only {length} octets");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_LeftoversAtEachLevel_IsRefused(string sample)
    {
        Hostile.Refused(sample, [.. MitVectors.Get(sample), 0], "an octet behind it");
        Hostile.Refused(sample, [.. MitVectors.Get(sample), .. s_null], "a NULL behind it");
        Each(sample, e => e.IsConstructed, e => e.Spoiled = (tag, content) => DerTree.Write(tag, [.. content, .. s_null]), "a NULL at its end");
        Each(sample, e => e.IsConstructed, e => e.Spoiled = (tag, content) => DerTree.Write(tag, [.. content, 0]), "a zero octet at its end");
    }

    [Theory]
    [MemberData(nameof(MinimalSamples))]
    public void Decode_RequiredFieldMissing_IsRefused(string sample)
    {
        foreach (var (root, element) in DerTree.EachElement(MitVectors.Get(sample)))
        {
            if (!element.IsField || IsOptional(sample, root, element)) continue;
            element.Spoiled = (_, _) => [];
            Hostile.Refused(sample, root.Encode(), $"no field {element.Tag:X2}");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_FieldTwice_IsRefused(string sample) =>
        Each(sample, e => e.IsField, e => e.Spoiled = (tag, content) => [.. DerTree.Write(tag, content), .. DerTree.Write(tag, content)], "a field twice");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_FieldsSwapped_IsRefused(string sample) =>
        Each(sample, e => e.IsSequence && e.Children.Count > 1 && e.Children[0].IsField, e => e.Children.Reverse(), "its fields in another order");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_ConstructedBitTurned_IsRefused(string sample) =>
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => DerTree.Write((byte)(tag ^ 0x20), content), "a tag's constructed bit turned");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_TagClassTurned_IsRefused(string sample)
    {
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => DerTree.Write((byte)(tag ^ 0x80), content), "another tag class");
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => DerTree.Write((byte)(tag ^ 0x40), content), "another tag class");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_TagNumberInLongForm_IsRefused(string sample) =>
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => [(byte)(tag | 0x1F), (byte)(tag & 0x1F), .. DerTree.Length(content.Length), .. content], "a tag in long form");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_LengthNotMinimal_IsRefused(string sample)
    {
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => [tag, 0x83, 0, (byte)(content.Length >> 8), (byte)content.Length, .. content], "a length with a leading zero");
        Each(sample, e => e.Encode().Length < 0x80, e => e.Spoiled = (tag, content) => [tag, 0x81, (byte)content.Length, .. content], "a short length in long form");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_IndefiniteLength_IsRefused(string sample) =>
        Each(sample, _ => true, e => e.Spoiled = (tag, content) => [tag, 0x80, .. content, 0, 0], "an indefinite length");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_IntegerNotMinimal_IsRefused(string sample)
    {
        Each(sample, e => e.Tag == 2 && e.Content[0] < 0x80, e => e.Content = [0, .. e.Content], "an INTEGER with a leading zero");
        Each(sample, e => e.Tag == 2 && e.Content[0] >= 0x80, e => e.Content = [0xFF, .. e.Content], "an INTEGER with a leading FF");
        Each(sample, e => e.Tag == 2, e => e.Content = [], "an INTEGER of no octets");
        Each(sample, e => e.Tag == 2, e => e.Content = [1, .. new byte[8]], "an INTEGER of nine octets");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_StringInPieces_IsRefused(string sample) =>
        Each(sample, e => e.Tag is 3 or 4 or 0x18 or 0x1B, e => e.Spoiled = (tag, content) => DerTree.Write((byte)(tag | 0x20), DerTree.Write(tag, content)), "a string in pieces");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_LengthOverTheEnd_IsRefused(string sample)
    {
        foreach (byte[] length in (byte[][])[[0x84, 0x7F, 0xFF, 0xFF, 0xFF], [0x84, 0x80, 0, 0, 0], [0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x88, 0x7F, .. new byte[7]], [0xFF], [0x89, .. new byte[9]]])
        {
            Each(sample, _ => true, e => e.Spoiled = (tag, content) => [tag, .. length, .. content], $"the length {Convert.ToHexString(length)}");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Decode_EveryOctetChanged_IsRefusedOrReadStably(string sample)
    {
        var encoded = MitVectors.Get(sample);
        var read = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            foreach (byte change in (byte[])[0x01, 0x80, 0xFF])
            {
                encoded[i] ^= change;
                if (Hostile.RefusedOrStable(sample, encoded)) read++;
                encoded[i] ^= change;
            }
        }

        // Most octets are content that means nothing here (a key, a cipher, a letter of a name), so some must have been read.
        Assert.True(read > 0 || encoded.Length < 3);
    }

    /// <summary>The few optional fields that even MIT's smallest samples carry.</summary>
    private static bool IsOptional(string sample, DerTree root, DerTree field)
    {
        // sname of a request, cusec of an error.
        if (field.Tag == 0xA3 && (sample.EndsWith("except server)", StringComparison.Ordinal) || sample.StartsWith("error", StringComparison.Ordinal))) return true;

        // kvno: the middle field of an EncryptedData, the only SEQUENCE of three that ends in an OCTET STRING.
        var parent = root.Flatten().Single(e => e.Children.Contains(field));
        return field.Tag == 0xA1 && parent.Children is [_, _, { Tag: 0xA2, Children: [{ Tag: 4 }] }];
    }

    private static void Each(string sample, Func<DerTree, bool> applies, Action<DerTree> spoil, string what)
    {
        foreach (var (root, element) in DerTree.EachElement(MitVectors.Get(sample)))
        {
            if (!applies(element)) continue;
            spoil(element);
            Hostile.Refused(sample, root.Encode(), $"{what} (element {element.Tag:X2})");
        }
    }
}
