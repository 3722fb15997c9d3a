using System.Collections.Concurrent;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Slots by service, at most so many: past that the ones used longest ago go, a sixteenth at a time.</summary>
internal sealed class TicketSlotTable(int capacity, Func<KerberosPrincipal, TicketSlot> make, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<KerberosPrincipal, Entry> _entries = new();
    private readonly Lock _lock = new();

    public IEnumerable<TicketSlot> Slots => _entries.Values.Select(static e => e.Slot);

    public TicketSlot Get(KerberosPrincipal service)
    {
        if (!_entries.TryGetValue(service, out var entry)) entry = Add(service);
        entry.Touch(timeProvider.GetTimestamp());
        return entry.Slot;
    }

    public TicketSlot? Find(KerberosPrincipal service) => _entries.TryGetValue(service, out var entry) ? entry.Slot : null;

    private Entry Add(KerberosPrincipal service)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(service, out var entry)) return entry;
            if (_entries.Count >= capacity) Evict();
            entry = new Entry(make(service));
            _entries[service] = entry;
            return entry;
        }
    }

    private void Evict()
    {
        var oldest = _entries.OrderBy(static e => e.Value.UsedAt).Take((capacity / 16) + 1).ToList();
        foreach (var (service, _) in oldest) _entries.TryRemove(service, out _);
    }

    private sealed class Entry(TicketSlot slot)
    {
        private long _usedAt;

        public TicketSlot Slot { get; } = slot;

        public long UsedAt => Volatile.Read(ref _usedAt);

        public void Touch(long now) => Volatile.Write(ref _usedAt, now);
    }
}
