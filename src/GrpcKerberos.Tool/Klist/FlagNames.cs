using System.Numerics;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Klist;

/// <summary>Flags by the names of RFC 4120 section 5.3.</summary>
internal static class FlagNames
{
    /// <summary>In the order of their bits; one without a name as <c>bit 20</c>.</summary>
    public static IReadOnlyList<string> Of(TicketFlags flags)
    {
        var names = new List<string>();
        for (var left = (uint)flags; left != 0;)
        {
            var bit = BitOperations.LeadingZeroCount(left);
            var flag = 1u << (31 - bit);
            left &= ~flag;
            var name = Enum.GetName((TicketFlags)flag);
            names.Add(name is null ? Invariant($"bit {bit}") : Hyphenated(name));
        }

        return names;
    }

    /// <summary><c>PreAuthent</c> is <c>pre-authent</c> there.</summary>
    private static string Hyphenated(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
