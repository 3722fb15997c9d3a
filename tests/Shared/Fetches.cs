using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Shared;

/// <summary>Waits for fetches of tickets that run behind the calls.</summary>
/// <remarks>
/// The KDC has answered a moment before the ticket is there, and when the next renewal is due is reckoned from the clock of that later moment:
/// a test that moves its clock in between puts the renewal off, too.
/// </remarks>
internal static class Fetches
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>Completes once no fetch is under way that had begun by now, neither a service's nor the login's.</summary>
    public static async Task SettledAsync(TicketSource source)
    {
        // The login's renewal is begun by a service's, so it is looked for second.
        foreach (var slot in Slots(source).Slots) await SettledAsync(slot);
        if (Login(source) is KeyLogin login) await SettledAsync(Slot(login));
    }

    private static async Task SettledAsync(TicketSlot slot)
    {
        Task? inFlight;
        lock (Gate(slot)) inFlight = InFlight(slot);
        if (inFlight is not null) await inFlight.WaitAsync(s_deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (inFlight is { IsCompleted: false }) throw new TimeoutException("A fetch does not come to its end.");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_slots")]
    private static extern ref TicketSlotTable Slots(TicketSource source);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_login")]
    private static extern ref ILogin Login(TicketSource source);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_slot")]
    private static extern ref TicketSlot Slot(KeyLogin login);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    private static extern ref Lock Gate(TicketSlot slot);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_inFlight")]
    private static extern ref Task<Protocol.Credentials.ServiceTicket?>? InFlight(TicketSlot slot);
}
