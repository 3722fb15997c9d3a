using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// Where the elements of a PAC stand in it.
/// <code>
/// PACTYPE         cBuffers u32, Version u32 = 0, then cBuffers times     -- MS-PAC 2.3, 2.4; all little-endian
/// PAC_INFO_BUFFER ulType u32, cbBufferSize u32, Offset u64               -- Offset from the start of the PAC, a multiple of 8
/// </code>
/// </summary>
internal sealed class PacDirectory
{
    private const int HeaderLength = 8;
    private const int EntryLength = 16;
    private const int Alignment = 8;

    private readonly ReadOnlyMemory<byte> _pac;
    private readonly Entry[] _entries;

    private PacDirectory(ReadOnlyMemory<byte> pac, Entry[] entries)
    {
        _pac = pac;
        _entries = entries;
    }

    public ReadOnlySpan<byte> Whole => _pac.Span;

    /// <exception cref="PacException">The elements are not all within the PAC, behind its header, apart from each other and of different types.</exception>
    public static PacDirectory Read(ReadOnlyMemory<byte> pac)
    {
        var octets = pac.Span;
        if (octets.Length < HeaderLength) throw PacException.Malformed("it is shorter than its header");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(octets);
        if (BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]) != 0) throw PacException.Malformed("its version is not 0");
        if (count == 0) throw PacException.Malformed("it has no elements");
        // Divided, not multiplied: a count may be chosen so that the product wraps around (CVE-2022-42898).
        if (count > (uint)(octets.Length - HeaderLength) / EntryLength) throw PacException.Malformed("it counts more elements than it has room for");
        var entries = new Entry[count];
        var first = HeaderLength + (entries.Length * EntryLength);
        for (var i = 0; i < entries.Length; i++) entries[i] = Entry.Read(octets.Slice(HeaderLength + (i * EntryLength), EntryLength), first, octets.Length);
        DemandApart(entries);
        return new PacDirectory(pac, entries);
    }

    /// <summary>The octets of an element; false where there is none of that type.</summary>
    public bool TryFind(PacElement type, out ReadOnlySpan<byte> element)
    {
        var found = TryLocate(type, out var range);
        element = found ? Whole[range] : default;
        return found;
    }

    public bool TryLocate(PacElement type, out Range range)
    {
        foreach (ref readonly var entry in _entries.AsSpan())
        {
            if (entry.Type != type) continue;
            range = entry.Range;
            return true;
        }

        range = default;
        return false;
    }

    private static void DemandApart(Entry[] entries)
    {
        var sorted = (Entry[])entries.Clone();
        Array.Sort(sorted, static (a, b) => a.Type.CompareTo(b.Type));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Type == sorted[i - 1].Type) throw PacException.Malformed($"it has two elements of type {(uint)sorted[i].Type}");
        }

        Array.Sort(sorted, static (a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Start < sorted[i - 1].End) throw PacException.Malformed("its elements overlap");
        }
    }

    private readonly record struct Entry(PacElement Type, int Start, int End)
    {
        public Range Range => Start..End;

        public static Entry Read(ReadOnlySpan<byte> entry, int first, int length)
        {
            var type = (PacElement)BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            if (offset % Alignment != 0) throw PacException.Malformed($"element {(uint)type} is misaligned");
            if (offset < (ulong)first) throw PacException.Malformed($"element {(uint)type} stands inside the header");
            // Subtracted, not added: the sum of what a peer chooses may wrap around.
            if (offset > (ulong)length || size > (ulong)length - offset) throw PacException.Malformed($"element {(uint)type} reaches beyond the end");
            return new Entry(type, (int)offset, (int)offset + (int)size);
        }
    }
}
