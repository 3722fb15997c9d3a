using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The numbers seen, 64 a word, in a table of the words that hold any: its size follows the numbers taken, not the distance between them.</summary>
/// <remarks>A word is found by its whole index, so no number is ever taken for another. Words below the window are dead and their places used again.</remarks>
internal struct SeenNumbers
{
    private const int BitsOfIndex = 6;

    // A table of one place needs no array: most sessions are done with it.
    private Word _only;

    // A power of two long. A place once used never becomes empty again, so a search may stop at the first empty one.
    private Word[]? _table;

    // No word lies further from its own place: a search for one that is not there ends soon, also where all places were used.
    private int _reach;

    /// <summary>Words the table has room for.</summary>
    public readonly int Capacity => _table?.Length ?? 1;

    [UnscopedRef]
    private Span<Word> Words => _table ?? new Span<Word>(ref _only);

    /// <summary>Whether the number was added; asked of numbers inside the window only.</summary>
    public bool Contains(ulong number)
    {
        var place = Find(number >> BitsOfIndex);
        return place >= 0 && (Words[place].Bits & BitOf(number)) != 0;
    }

    /// <param name="number">A number inside the window.</param>
    /// <param name="first">The window's lowest number: what is below may be dropped.</param>
    public void Add(ulong number, ulong first)
    {
        var index = number >> BitsOfIndex;
        var place = Find(index);
        if (place >= 0)
        {
            Words[place].Bits |= BitOf(number);
            return;
        }

        var word = new Word { Index = index, Bits = BitOf(number) };
        while (!TryPut(word, first >> BitsOfIndex)) Grow(first >> BitsOfIndex);
    }

    private static ulong BitOf(ulong number) => 1UL << (int)(number & 63);

    // Neighbours lie side by side: the usual run of numbers never collides.
    private static int PlaceOf(ulong index, int step, int length) => (int)((index + (uint)step) & (uint)(length - 1));

    private int Find(ulong index)
    {
        var words = Words;
        for (var step = 0; step <= _reach; step++)
        {
            var place = PlaceOf(index, step, words.Length);
            if (words[place].Bits == 0) return -1;
            if (words[place].Index == index) return place;
        }

        return -1;
    }

    private bool TryPut(Word word, ulong firstIndex)
    {
        var words = Words;
        for (var step = 0; step < words.Length; step++)
        {
            ref var place = ref words[PlaceOf(word.Index, step, words.Length)];
            if (place.Bits != 0 && place.Index >= firstIndex) continue;
            place = word;
            _reach = Math.Max(_reach, step);
            return true;
        }

        return false;
    }

    private void Grow(ulong firstIndex)
    {
        Word[] full = [.. Words];
        _table = new Word[full.Length * 2];
        _reach = 0;
        foreach (var word in full) TryPut(word, firstIndex);
    }

    private struct Word
    {
        public ulong Index;
        public ulong Bits;
    }
}
