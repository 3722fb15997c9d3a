using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>
/// Believes new keys at once, and the loss of keys only when the file has rested: tools that rewrite a keytab in place, entry by entry,
/// leave files between two writes that are sound and lack most keys, and every session would end for them.
/// </summary>
/// <param name="taken">The stamp of the file whose keys are in use.</param>
/// <param name="timeProvider">The server's clock.</param>
internal sealed class SettledFile(FileStamp taken, TimeProvider timeProvider)
{
    /// <summary>Less than the time between two looks, far more than between two writes.</summary>
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);

    private FileStamp _taken = taken;
    private FileStamp _seen;
    private long _seenAt;

    /// <summary>Whether there is nothing more to learn from the file of this stamp.</summary>
    public bool IsTaken(FileStamp stamp) => stamp == _taken;

    /// <summary>The keys to use: those read, with the old ones that are missing while the file may still be in the making.</summary>
    public LoadedKeytab Take(LoadedKeytab read, Keytab old)
    {
        var all = read.Keys.With(old);
        // What LoadKeytab gives is whole.
        if (read.File is not null && all.Entries.Count > read.Keys.Entries.Count && !HasRested(read.Stamp)) return read with { Keys = all };
        _taken = read.Stamp;
        return read;
    }

    private bool HasRested(FileStamp stamp)
    {
        if (stamp == _seen) return timeProvider.GetElapsedTime(_seenAt) >= s_rest;
        _seen = stamp;
        _seenAt = timeProvider.GetTimestamp();
        return false;
    }
}
