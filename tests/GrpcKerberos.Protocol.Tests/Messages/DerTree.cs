namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>DER taken apart, so that a test can spoil one element and have every length around it put right again.</summary>
internal sealed class DerTree
{
    private DerTree(byte tag, byte[] content, List<DerTree> children)
    {
        Tag = tag;
        Content = content;
        Children = children;
    }

    public byte Tag { get; set; }

    /// <summary>The octets of a primitive element.</summary>
    public byte[] Content { get; set; }

    public List<DerTree> Children { get; }

    public bool IsConstructed => (Tag & 0x20) != 0;

    public bool IsField => (Tag & 0xE0) == 0xA0;

    public bool IsSequence => Tag == 0x30;

    /// <summary>How this one element is written where it is not plain DER: from tag and content to the whole.</summary>
    public Func<byte, byte[], byte[]>? Spoiled { get; set; }

    public static DerTree Parse(ReadOnlySpan<byte> encoded)
    {
        var tree = ParseNext(ref encoded);
        return encoded.IsEmpty ? tree : throw new ArgumentException("The sample has leftovers.", nameof(encoded));
    }

    /// <summary>One tree for each element of the sample, with that element picked out.</summary>
    public static IEnumerable<(DerTree Root, DerTree Element)> EachElement(byte[] encoded)
    {
        var count = Parse(encoded).Flatten().Count();
        for (var i = 0; i < count; i++)
        {
            var root = Parse(encoded);
            yield return (root, root.Flatten().ElementAt(i));
        }
    }

    public IEnumerable<DerTree> Flatten() => Children.SelectMany(c => c.Flatten()).Prepend(this);

    public byte[] Encode()
    {
        var content = Content;
        foreach (var child in Children) content = [.. content, .. child.Encode()];
        return (Spoiled ?? Write)(Tag, content);
    }

    public static byte[] Write(byte tag, byte[] content) => [tag, .. Length(content.Length), .. content];

    public static byte[] Length(int length) => length switch
    {
        < 0x80 => [(byte)length],
        < 0x100 => [0x81, (byte)length],
        < 0x10000 => [0x82, (byte)(length >> 8), (byte)length],
        _ => [0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };

    private static DerTree ParseNext(ref ReadOnlySpan<byte> rest)
    {
        var tag = rest[0];
        int length = rest[1], header = 2;
        if (length > 0x80)
        {
            var octets = length & 0x7F;
            length = 0;
            for (var i = 0; i < octets; i++) length = (length << 8) | rest[header++];
        }

        var content = rest.Slice(header, length);
        rest = rest[(header + length)..];
        var children = new List<DerTree>();
        if ((tag & 0x20) == 0) return new DerTree(tag, content.ToArray(), children);
        while (!content.IsEmpty) children.Add(ParseNext(ref content));
        return new DerTree(tag, [], children);
    }
}
