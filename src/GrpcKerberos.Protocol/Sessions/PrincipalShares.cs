namespace GrpcKerberos.Protocol.Sessions;

/// <summary>How many places each principal holds of a bounded store, so that no one, and no eight, can use up what is there for all.</summary>
/// <remarks>
/// A principal may hold an eighth of the store, and never more places than are still free. So the largest holders are refused first as the
/// store fills, and a newcomer finds room: eight that take all they can leave a sixteenth free. Thread-safe.
/// </remarks>
internal sealed class PrincipalShares(int capacity)
{
    private readonly Dictionary<KerberosPrincipal, PrincipalShare> _shares = [];
    private readonly Lock _lock = new();
    private int _held;

    /// <summary>Places that one principal may hold of an empty store; at least 1.</summary>
    public int Largest { get; } = Math.Max(1, capacity / 8);

    public int Capacity { get; } = capacity;

    /// <summary>Places held by all.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Principals that hold any.</summary>
    public int Holders
    {
        get
        {
            lock (_lock) return _shares.Count;
        }
    }

    /// <summary>The share of a principal that holds places, or null.</summary>
    public PrincipalShare? Find(KerberosPrincipal principal)
    {
        lock (_lock) return _shares.GetValueOrDefault(principal);
    }

    /// <summary>Takes one place for a principal.</summary>
    /// <param name="principal">Who asks.</param>
    /// <param name="share">What the principal holds, taken or not; null if nothing.</param>
    public ShareVerdict TryTake(KerberosPrincipal principal, out PrincipalShare? share)
    {
        lock (_lock)
        {
            share = _shares.GetValueOrDefault(principal);
            var free = Capacity - _held;
            if (free <= 0) return ShareVerdict.StoreFull;
            if (share is not null && share.Held >= Math.Min(Largest, free)) return ShareVerdict.ShareUsedUp;
            if (share is null) _shares.Add(principal, share = new PrincipalShare(principal));
            share.Held++;
            _held++;
            return ShareVerdict.Taken;
        }
    }

    /// <summary>Takes one place that is nobody's.</summary>
    public ShareVerdict TryTake()
    {
        lock (_lock)
        {
            if (_held >= Capacity) return ShareVerdict.StoreFull;
            _held++;
            return ShareVerdict.Taken;
        }
    }

    /// <summary>Gives one place back; who holds nothing any more is forgotten.</summary>
    /// <param name="share">Whose place it was; null: nobody's.</param>
    public void Release(PrincipalShare? share)
    {
        lock (_lock)
        {
            _held--;
            if (share is not null && --share.Held == 0) _shares.Remove(share.Principal);
        }
    }
}
