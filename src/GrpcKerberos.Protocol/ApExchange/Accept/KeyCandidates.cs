using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>Which keys are tried on a ticket, and what to say when none opens it.</summary>
internal static class KeyCandidates
{
    /// <summary>A keytab may hold hundreds of keys, and every bogus ticket would cost a trial of each.</summary>
    public const int MaxTried = 8;

    /// <summary>Of names in a text: every bogus ticket would write all of them.</summary>
    public const int MaxNamed = 8;

    /// <summary>The first key that opens the ticket, and what it holds.</summary>
    public static bool TryOpen(
        Ticket ticket, Keytab keytab, bool tryOthers, [NotNullWhen(true)] out KeytabEntry? openedBy, [NotNullWhen(true)] out byte[]? plaintext)
    {
        foreach (var entry in For(ticket, keytab, tryOthers))
        {
            if (!entry.Key!.TryOpen(KeyUsage.Ticket, ticket.EncPart.Cipher.Span, out plaintext)) continue;
            openedBy = entry;
            return true;
        }

        (openedBy, plaintext) = (null, null);
        return false;
    }

    /// <summary>The exact kvno first, then other kvnos of that principal, then, where allowed, other principals.</summary>
    public static IEnumerable<KeytabEntry> For(Ticket ticket, Keytab keytab, bool tryOthers)
    {
        // Nearly always this one opens the ticket: the others are put in order only where it does not.
        var exact = Exact(ticket, keytab);
        if (exact is not null) yield return exact;
        foreach (var entry in All(ticket, keytab, tryOthers))
        {
            if (!ReferenceEquals(entry, exact)) yield return entry;
        }
    }

    public static ApRefusal Explain(Ticket ticket, Keytab keytab)
    {
        var named = ticket.ClaimedService;
        var type = ticket.EncPart.Type;
        var own = keytab.Entries.Where(e => e.Principal.Equals(named)).ToList();
        if (own.Count == 0)
        {
            return ApRefusal.Of(
                ApRejection.NoKey,
                $"keytab has {Names(keytab.Principals)}, the ticket is for {named}. Next: add that key, or correct the client's ServicePrincipal.");
        }

        var sameType = own.Where(e => e.Type == type && e.Key is not null).ToList();
        if (sameType.Count == 0)
        {
            var newest = own.MaxBy(static e => e.KeyVersion)!;
            return ApRefusal.Of(
                ApRejection.NoKey,
                $"keytab has {newest.Type.ToMitName()} for kvno {newest.KeyVersion}, the ticket uses {type.ToMitName()}. Next: export it with all key types.");
        }

        if (ticket.EncPart.KeyVersion is { } kvno && sameType.TrueForAll(e => e.KeyVersion != kvno))
        {
            return ApRefusal.Of(
                ApRejection.KeyVersionUnknown,
                $"keytab has kvno {sameType.Max(static e => e.KeyVersion)} for {named}, the ticket was made for kvno {kvno}. Next: export the keytab again.");
        }

        return ApRefusal.Of(
            ApRejection.TicketIntegrity,
            $"the keytab's key of {named}, {type.ToMitName()}, does not open the ticket. Next: the key was changed without a new kvno, or the keytab is another realm's: export it again.");
    }

    private static string Names(IReadOnlyCollection<KerberosPrincipal> all) => string.Create(
        CultureInfo.InvariantCulture, $"{string.Join(", ", all.Take(MaxNamed))}{(all.Count > MaxNamed ? $" and {all.Count - MaxNamed} more" : "")}");

    private static KeytabEntry? Exact(Ticket ticket, Keytab keytab)
    {
        for (var i = 0; i < keytab.Entries.Count; i++)
        {
            var entry = keytab.Entries[i];
            if (entry.Key is not null && entry.KeyVersion == ticket.EncPart.KeyVersion && entry.Type == ticket.EncPart.Type && ticket.IsFor(entry.Principal)) return entry;
        }

        return null;
    }

    private static IEnumerable<KeytabEntry> All(Ticket ticket, Keytab keytab, bool tryOthers)
    {
        var named = ticket.ClaimedService;
        var kvno = ticket.EncPart.KeyVersion;
        var fitting = keytab.Entries.Where(e => e.Key is not null && e.Type == ticket.EncPart.Type).ToList();
        var own = fitting.Where(e => e.Principal.Equals(named)).OrderBy(e => e.KeyVersion != kvno).ThenByDescending(static e => e.KeyVersion);
        var others = fitting.Where(e => tryOthers && !e.Principal.Equals(named)).OrderBy(e => e.KeyVersion != kvno);
        return own.Concat(others).Take(MaxTried);
    }
}
