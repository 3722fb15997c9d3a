namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The numbers seen, 64 a word, in a table of the words that hold any: its size follows the numbers taken, not the distance between them.</summary>
/// <remarks>A word is found by its whole index, so no number is ever taken for another. Words below the window are dead and their places used again.</remarks>
internal struct SeenNumbers
{
    private const int BitsOfIndex = 6;

    // A power of two long. A place once used never becomes empty again, so a search may stop at the first empty one.
    private Word[]? _words;

    /// <summary>Words the table has room for.</summary>
    public readonly int Capacity => _words?.Length ?? 0;

    /// <summary>Whether the number was added; asked of numbers inside the window only.</summary>
    public readonly bool Contains(ulong number) =>
        _words is { } words && Find(words, number >> BitsOfIndex) is var place and >= 0 && (words[place].Bits & BitOf(number)) != 0;

    /// <param name="number">A number inside the window.</param>
    /// <param name="first">The window's lowest number: what is below may be dropped.</param>
    public void Add(ulong number, ulong first)
    {
        var words = _words ??= new Word[1];
        var index = number >> BitsOfIndex;
        var place = Find(words, index);
        if (place >= 0)
        {
            words[place].Bits |= BitOf(number);
            return;
        }

        while ((place = FindRoom(words, index, first >> BitsOfIndex)) < 0) words = _words = Grow(words, first >> BitsOfIndex);
        words[place] = new Word { Index = index, Bits = BitOf(number) };
    }

    private static ulong BitOf(ulong number) => 1UL << (int)(number & 63);

    private static int Find(Word[] words, ulong index)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var place = PlaceOf(words, index, i);
            if (words[place].Bits == 0) return -1;
            if (words[place].Index == index) return place;
        }

        return -1;
    }

    private static int FindRoom(Word[] words, ulong index, ulong firstIndex)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var place = PlaceOf(words, index, i);
            if (words[place].Bits == 0 || words[place].Index < firstIndex) return place;
        }

        return -1;
    }

    private static Word[] Grow(Word[] words, ulong firstIndex)
    {
        var grown = new Word[words.Length * 2];
        foreach (var word in words) grown[FindRoom(grown, word.Index, firstIndex)] = word;
        return grown;
    }

    // Neighbours lie side by side: the usual run of numbers never collides.
    private static int PlaceOf(Word[] words, ulong index, int step) => (int)((index + (uint)step) & (uint)(words.Length - 1));

    private struct Word
    {
        public ulong Index;
        public ulong Bits;
    }
}
