using GrpcKerberos.AspNetCore.Diagnostics;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>
/// The keys in use: read again when their file changes, and when a ticket comes that they do not open. A source that fails leaves them as they are.
/// </summary>
/// <remarks>
/// The file's stamp is asked for every 5 s. Notifications are no substitute: they miss what happens behind bind mounts and turned links.
/// Keys that were replaced are not disposed: calls under way may still use them, and nobody counts those. The garbage collector takes them with the last.
/// </remarks>
internal sealed class KeytabKeeper : IDisposable
{
    private readonly KeytabReader _reader;
    private readonly ServerLog _log;
    private readonly ServerMetrics _metrics;
    private readonly SettledFile _settled;
    private readonly Lookout _lookout;
    private readonly Lock _publishing = new();
    private volatile LoadedKeytab _current;
    private volatile string? _problem;
    private bool _stopped;

    public KeytabKeeper(LoadedKeytab keytab, KeytabReader reader, TimeProvider timeProvider, ServerLog log, ServerMetrics metrics)
    {
        _current = keytab;
        _reader = reader;
        _log = log;
        _metrics = metrics;
        _settled = new SettledFile(keytab.Stamp, timeProvider);
        _lookout = new Lookout(timeProvider, polls: keytab.File is not null, LookAsync);
    }

    /// <summary>Told after each change of keys, one at a time, before the next look. It must not throw.</summary>
    public event Action<KeytabChange>? Changed;

    public LoadedKeytab Current => _current;

    /// <summary>Looks at once, though no sooner than 5 s after the keytab was last read, and shares a look that is under way.</summary>
    /// <param name="seen">The keys that did not do.</param>
    /// <param name="cancellationToken">Ends the wait, not the look.</param>
    /// <returns>Whether there are other keys by now than those seen.</returns>
    public async ValueTask<bool> RefreshAsync(LoadedKeytab seen, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(_current, seen)) await _lookout.DemandAsync(cancellationToken).ConfigureAwait(false);
        return !ReferenceEquals(_current, seen);
    }

    /// <summary>Why the next start would fail, or null. A file is read for it; LoadKeytab is not called, its last failure is told.</summary>
    public ValueTask<string?> FindProblemAsync(CancellationToken cancellationToken) =>
        _current.File is { } file ? _reader.FindProblemAsync(file, cancellationToken) : ValueTask.FromResult(_problem);

    /// <summary>Waits for a callback that is running. After it nothing is changed, told or logged; the keys at hand serve on.</summary>
    public void Dispose()
    {
        _lookout.Dispose();
        lock (_publishing) _stopped = true;
    }

    private async Task<bool> LookAsync(bool demanded, CancellationToken cancellationToken)
    {
        var file = _current.File;
        // A stamp may lie, where a file system tells times by the second: a ticket that no key opens is reason enough to read.
        if (!demanded && _settled.IsTaken(KeytabReader.StampOf(file))) return false;
        var reading = await _reader.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        lock (_publishing)
        {
            if (_stopped) return true;
            if (reading.Keytab is { } read) Take(read);
            else if (reading.Problem is { } problem) Report(problem);
        }

        return true;
    }

    private void Take(LoadedKeytab read)
    {
        var old = _current;
        var next = _settled.Take(read, old.Keys);
        var isRecovery = _problem is not null;
        _problem = null;
        if (next.Keys.HasSameKeysAs(old.Keys))
        {
            KeytabReader.Discard(read.Keys);
            if (isRecovery) TellReloaded(old);
            return;
        }

        _current = next;
        TellReloaded(next);
        Changed?.Invoke(new KeytabChange(old.Keys, next.Keys));
    }

    private void TellReloaded(LoadedKeytab keytab)
    {
        _metrics.KeytabReloaded();
        _log.KeytabReloaded(keytab.Source, keytab.Keys);
    }

    private void Report(string problem)
    {
        _metrics.KeytabReloadFailed();
        if (_problem == problem) return;
        _problem = problem;
        _log.KeytabReloadFailed(_current.Source, problem, _current.LoadedAt);
    }
}
