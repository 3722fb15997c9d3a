using System.Numerics;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>Which numbers of a session were seen: its floor F, the highest number H, the width W below it, and what was taken inside.</summary>
/// <remarks>
/// Thread-safe, each call one atomic step. Nothing moves the window back: its lower edge never falls, so a number that left it is late for ever.
/// W covers the numbers of the last two seconds, as far as <see cref="MaxWidth"/>: one counter feeds all of a client's connections, and a packet
/// sent again by TCP holds up many calls.
/// </remarks>
internal sealed class NumberWindow
{
    public const int BirthWidth = 1024;
    public const int MaxWidth = 65536;

    /// <summary>A number above is refused and changes nothing: one call must not use up all numbers, and sums cannot overflow.</summary>
    public const ulong MaxNumber = long.MaxValue;

    /// <summary>Numbers below the floor whose tokens came ahead of their calls; the oldest goes first.</summary>
    private const int MostAdmitted = 64;

    private const long Covered = 2_000_000;
    private const long Never = long.MinValue;

    private readonly ulong _floor;
    private ulong _highest;
    private ulong _first;
    private SeenNumbers _seen;
    private int _width = BirthWidth;
    private bool _isClosed;
    private List<ulong>? _admitted;

    // The first number above H at the start of this interval of two seconds or more, and of the one before it. That one began at least two seconds
    // ago, so what the client sent since is not below. At birth it is the lower edge: what was sent just before the first to arrive counts too.
    private ulong _intervalFirst;
    private ulong _coveredFirst;
    private long _intervalBegan = Never;
    private long _lastUsed = Never;

    /// <param name="floor">Numbers below need a token.</param>
    /// <param name="highest">The highest number known, at least the floor.</param>
    public NumberWindow(ulong floor, ulong highest)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(highest, MaxNumber);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(floor, highest);
        _floor = floor;
        _highest = highest;
        RaiseFirst();
        _intervalFirst = _coveredFirst = _first;
    }

    /// <summary>When a number was last taken, or <see cref="Touch"/> last told of a use.</summary>
    public KerberosTime LastUsed => KerberosTime.FromMicroseconds(Volatile.Read(ref _lastUsed));

    /// <summary>W now, for tests.</summary>
    public int Width => Volatile.Read(ref _width);

    /// <summary>Words of 64 numbers there is room for, for tests.</summary>
    public int Words
    {
        get
        {
            lock (this) return _seen.Capacity;
        }
    }

    /// <summary>Judges one number; if it may run it is marked in the same step. Called only after the call's MIC was found good.</summary>
    /// <param name="number">SND_SEQ of the call's MIC token.</param>
    /// <param name="now">The acceptor's time.</param>
    /// <param name="isTimely">Whether the call's time is within the skew of now.</param>
    /// <param name="tokenHeldGood">Whether a token came along and passed every check.</param>
    public NumberVerdict Take(ulong number, KerberosTime now, bool isTimely, bool tokenHeldGood)
    {
        lock (this)
        {
            if (Peek(number, isTimely) is not NumberVerdict.Run and var refused) return refused;
            if (number < _floor && !tokenHeldGood && _admitted?.Remove(number) != true) return NumberVerdict.BelowFloor;
            Add(number, now);
            _lastUsed = Math.Max(_lastUsed, now.MicrosecondsSinceEpoch);
            return NumberVerdict.Run;
        }
    }

    /// <summary>What <see cref="Take"/> would say, but for the floor; nothing is marked.</summary>
    public NumberVerdict Look(ulong number, bool isTimely)
    {
        lock (this) return Peek(number, isTimely);
    }

    /// <summary>Marks a number that was taken in the other session of its K, where it is unseen here; a closed window goes on to tell what it has seen.</summary>
    public NumberVerdict Mark(ulong number, KerberosTime now)
    {
        lock (this)
        {
            if (number < _first) return NumberVerdict.Late;
            if (_seen.Contains(number)) return NumberVerdict.Repeat;
            Add(number, now);
            return NumberVerdict.Run;
        }
    }

    /// <summary>Judges a number whose token came ahead of its call, too large to go with it. Nothing is marked: the call has yet to run.</summary>
    /// <returns>Run: the call may come without its token, also below the floor.</returns>
    public NumberVerdict Admit(ulong number, bool isTimely)
    {
        lock (this)
        {
            var verdict = Peek(number, isTimely);
            if (verdict != NumberVerdict.Run || number >= _floor) return verdict;
            _admitted ??= [];
            if (_admitted.Count == MostAdmitted) _admitted.RemoveAt(0);
            _admitted.Add(number);
            return NumberVerdict.Run;
        }
    }

    /// <summary>Tells of a use; the time never moves back.</summary>
    public void Touch(KerberosTime now)
    {
        lock (this) _lastUsed = Math.Max(_lastUsed, now.MicrosecondsSinceEpoch);
    }

    /// <summary>Shuts the window for good if it was not used since the time given; from then on no number runs.</summary>
    /// <remarks>
    /// One step with <see cref="Take"/>: a call that found the session just before it was forgotten either ran first, and then the window stays,
    /// or does not run. Else its number would run in a window that nobody can find any more.
    /// </remarks>
    public bool TryClose(KerberosTime unusedSince)
    {
        lock (this)
        {
            if (_lastUsed >= unusedSince.MicrosecondsSinceEpoch) return false;
            _isClosed = true;
            return true;
        }
    }

    private NumberVerdict Peek(ulong number, bool isTimely)
    {
        if (number > MaxNumber) return NumberVerdict.OutOfRange;
        if (number >= _first && _seen.Contains(number)) return NumberVerdict.Repeat;
        if (!isTimely) return NumberVerdict.Skew;
        if (number < _first) return NumberVerdict.Late;
        return _isClosed ? NumberVerdict.BelowFloor : NumberVerdict.Run;
    }

    private void Add(ulong number, KerberosTime now)
    {
        TurnInterval(now.MicrosecondsSinceEpoch);
        if (number > _highest) Advance(number);
        _seen.Add(number, _first);
    }

    // Called for each number that runs, so H stood still where no interval began.
    private void TurnInterval(long now)
    {
        if (_intervalBegan == Never) _intervalBegan = now;
        var elapsed = now - _intervalBegan;
        if (elapsed < Covered) return;
        _coveredFirst = elapsed < 2 * Covered ? _intervalFirst : _highest + 1;
        _intervalFirst = _highest + 1;
        _intervalBegan = now;
    }

    // The width is settled before the edge is raised: what two seconds ask for must not be forgotten first.
    private void Advance(ulong number)
    {
        var spread = number - _coveredFirst + 1;
        if (spread > (ulong)_width) _width = spread >= MaxWidth ? MaxWidth : (int)BitOperations.RoundUpToPowerOf2(spread);
        _highest = number;
        RaiseFirst();
    }

    private void RaiseFirst()
    {
        if (_highest >= (ulong)_width) _first = Math.Max(_first, _highest - (ulong)_width + 1);
    }
}
