using System.Globalization;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Klist;

/// <summary>Listings for people.</summary>
internal static class KlistText
{
    private static readonly string[] s_ticketHeads = ["Starts", "Expires", "Left", "Renew until", "kvno", "Ticket", "Session key", "Service"];
    private static readonly string[] s_keyHeads = ["kvno", "Timestamp", "Enctype", "Principal"];

    public static void Show(Screen screen, CacheListing listing)
    {
        for (var i = 0; i < listing.Caches.Count; i++)
        {
            if (i > 0) screen.Line();
            Show(screen, listing.Caches[i]);
        }
    }

    public static void Show(Screen screen, KeytabListing listing)
    {
        screen.Line(("Keytab: ", Tone.Plain), (Named(listing.Keytab, listing.Setting), Tone.Strong));
        if (listing.Entries.Count == 0) screen.Line("It holds no key.");
        else screen.Table(s_keyHeads, [.. listing.Entries.Select(Row)]);
    }

    private static void Show(Screen screen, ListedCache cache)
    {
        screen.Line(("Cache:     ", Tone.Plain), (Named(cache.Cache, cache.Setting), Tone.Strong));
        screen.Line(("Principal: ", Tone.Plain), (cache.Principal, Tone.Strong));
        if (cache.KdcOffsetSeconds is { } offset)
            screen.Line($"Clock:     the KDC's is {DurationText.Of(TimeSpan.FromSeconds(offset))} {(offset > 0 ? "ahead of" : "behind")} this host's");
        if (cache.Tickets.Count == 0) screen.Line("It holds no ticket.");
        else screen.Table(s_ticketHeads, [.. cache.Tickets.Select(Row)]);
    }

    private static string Named(string name, string? setting) => setting is null ? name : $"{name} (from {setting})";

    private static IReadOnlyList<string> Row(ListedKey key) =>
    [
        key.KeyVersion.ToString(CultureInfo.InvariantCulture), key.Timestamp, key.IsUsed ? key.EncryptionType : $"{key.EncryptionType} (off)", key.Principal,
    ];

    private static IReadOnlyList<string> Row(ListedTicket ticket) =>
    [
        ticket.Starts,
        ticket.Ends,
        Left(ticket.SecondsLeft),
        ticket.RenewTill ?? "-",
        ticket.KeyVersion?.ToString(CultureInfo.InvariantCulture) ?? "-",
        ticket.TicketEncryptionType,
        ticket.SessionEncryptionType,
        ticket.Client is null ? ticket.Service : $"{ticket.Service} for {ticket.Client}",
    ];

    private static string Left(long seconds) =>
        seconds > 0 ? DurationText.Of(TimeSpan.FromSeconds(seconds)) : $"expired {DurationText.Of(TimeSpan.FromSeconds(seconds))} ago";
}
