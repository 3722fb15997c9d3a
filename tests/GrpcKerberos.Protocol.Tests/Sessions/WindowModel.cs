using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Sessions;

/// <summary>What the rules allow a window to say, told from everything that ever happened to it.</summary>
internal sealed class WindowModel(ulong floor, KerberosTime born)
{
    private readonly HashSet<ulong> _ran = [];
    private readonly List<(KerberosTime Time, ulong Highest)> _history = [(born, floor)];
    private ulong? _highestLate;

    public ulong Highest => _history[^1].Highest;

    public int Ran => _ran.Count;

    public void Check(ulong number, KerberosTime now, bool isTimely, bool token, NumberVerdict said)
    {
        var allowed = Allowed(number, now, isTimely, token).ToList();
        if (!allowed.Contains(said)) Assert.Fail($"{number} at {now.MicrosecondsSinceEpoch}, H {Highest}, timely {isTimely}, token {token}: {said}, allowed {string.Join(' ', allowed)}");
        if (said == NumberVerdict.Late && !(_highestLate >= number)) _highestLate = number;
        if (said != NumberVerdict.Run) return;
        _ran.Add(number);
        if (number > Highest) _history.Add((now, number));
    }

    private IEnumerable<NumberVerdict> Allowed(ulong number, KerberosTime now, bool isTimely, bool token)
    {
        if (number > NumberWindow.MaxNumber)
        {
            yield return NumberVerdict.OutOfRange;
            yield break;
        }

        var (mayBeInside, mayBeLate) = (!IsSurelyLate(number), !IsSurelyInside(number, now));
        if (mayBeInside)
        {
            if (_ran.Contains(number)) yield return NumberVerdict.Repeat;
            else if (!isTimely) yield return NumberVerdict.Skew;
            else yield return number >= floor || token ? NumberVerdict.Run : NumberVerdict.BelowFloor;
        }

        if (mayBeLate) yield return isTimely ? NumberVerdict.Late : NumberVerdict.Skew;
    }

    private bool IsSurelyInside(ulong number, KerberosTime now)
    {
        // Before its birth H was anywhere: the calls sent just before the first to arrive count too.
        var twoSecondsAgo = now - born < TimeSpan.FromSeconds(2)
            ? (Int128)floor - NumberWindow.BirthWidth
            : _history.FindLast(h => h.Time <= now - TimeSpan.FromSeconds(2)).Highest;
        return IsWithin(number, NumberWindow.BirthWidth) || (number > twoSecondsAgo && IsWithin(number, NumberWindow.MaxWidth));
    }

    private bool IsSurelyLate(ulong number) => !IsWithin(number, NumberWindow.MaxWidth) || _highestLate >= number;

    private bool IsWithin(ulong number, int width) => (Int128)number > (Int128)Highest - width;
}
