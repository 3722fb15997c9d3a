namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>What a script's KDCs live in: a folder of their own, for as long as the fixture does and no longer than this process.</summary>
/// <param name="what">What is not up where it is asked for too early, in words.</param>
/// <param name="peer">Whose KDCs they are: without it nothing is started, and where peers are required the fixture fails.</param>
public abstract class HeldRealms(string what, Peer peer) : IAsyncLifetime
{
    private const int Attempts = 5;
    private ForeignProcess? _keeper;
    private string? _folder;

    public string Folder => _folder ?? throw new ForeignProcessException($"{what} not up.");

    public async Task InitializeAsync()
    {
        if (PeerTools.SkipReason(peer) is not null)
            return;
        if (PeerTools.Missing(peer) is { } missing)
            throw new ForeignProcessException(missing);
        for (var attempt = 1; _keeper is null; attempt++)
            await TryStartAsync(lastAttempt: attempt == Attempts);
    }

    public async Task DisposeAsync()
    {
        if (_keeper is null)
            return;
        await using (_keeper)
            await _keeper.FinishAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs the script's "hold" in a new folder, on ports that are free. It says a line once all is up.</summary>
    protected abstract Task<ForeignProcess> HoldAsync(string folder);

    protected static string Script(string name) => Path.Combine(MitTools.PeersFolder, name);

    // "hold" stops the KDC when its stdin ends, which also happens when this process dies without a word.
    private async Task TryStartAsync(bool lastAttempt)
    {
        _folder = Directory.CreateTempSubdirectory("gk-").FullName;
        var keeper = await HoldAsync(_folder);
        try
        {
            await keeper.ReadLineAsync();
            _keeper = keeper;
        }
        catch (ForeignProcessException)
        {
            await keeper.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
            if (lastAttempt)
                throw;
        }
    }
}
