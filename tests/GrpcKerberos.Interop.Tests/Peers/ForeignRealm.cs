using System.Globalization;
using System.Net;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// A throw-away realm with a KDC that is not ours, on loopback and in a folder of its own, shared by the tests of a collection.
/// Users have the password: name + "pw". The KDC ends with the fixture, and with this process however that ends.
/// </summary>
/// <param name="name">The realm.</param>
/// <param name="peer">Whose KDC it is: without it nothing is started, and where peers are required the fixture fails.</param>
/// <param name="script">Under tests/peers; run as "hold DIR REALM PORT".</param>
/// <param name="timeout">For the realm to be made.</param>
public abstract class ForeignRealm(string name, Peer peer, string script, TimeSpan? timeout = null) : IAsyncLifetime
{
    private const int Attempts = 5;
    private ForeignProcess? _keeper;
    private string? _folder;
    private int _caches;

    /// <summary>Where the KDC listens, UDP and TCP.</summary>
    public IPEndPoint Kdc { get; private set; } = new(IPAddress.Loopback, 0);

    public string Folder => _folder ?? throw new ForeignProcessException($"The realm {name} is not up.");

    public string Krb5Conf => Path.Combine(Folder, "krb5.conf");

    /// <summary>A keytab of the realm by its short name: a user, a service's first part, or all "services".</summary>
    public string Keytab(string owner) => Path.Combine(Folder, "kt", owner + ".keytab");

    /// <summary>A path for a credential cache that no other test uses.</summary>
    public string NewCache() => Path.Combine(Folder, "cc" + Interlocked.Increment(ref _caches).ToString(CultureInfo.InvariantCulture));

    public async Task InitializeAsync()
    {
        if (PeerTools.SkipReason(peer) is not null)
            return;
        if (PeerTools.Missing(peer) is { } missing)
            throw new ForeignProcessException(missing);
        for (var attempt = 1; _keeper is null; attempt++)
            await TryStartAsync(lastAttempt: attempt == Attempts);
    }

    /// <summary>Runs MIT's kinit with the principal's password and gives the path of its new cache.</summary>
    public async Task<string> KinitAsync(string user, params string[] options)
    {
        var cache = NewCache();
        (await RunAsync("kinit", [.. options, user], input: user + "pw\n", cache: cache)).EnsureSuccess();
        return cache;
    }

    /// <summary>Runs a program (of MIT or of tests/peers) in this realm to its end, whatever its exit code.</summary>
    public Task<ProcessOutput> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string input = "",
        string? cache = null,
        string? keytab = null,
        TimeSpan? timeout = null) =>
        ForeignProcess.RunAsync(MitTools.Find(program), arguments, input, Environment(cache, keytab), timeout);

    /// <summary>Starts a program in this realm that the test talks to by lines.</summary>
    public ForeignProcess Start(
        string program, IEnumerable<string> arguments, string? cache = null, string? keytab = null, TimeSpan? timeout = null) =>
        ForeignProcess.Start(MitTools.Find(program), arguments, Environment(cache, keytab), timeout);

    /// <summary>What makes MIT's libraries live in this realm; for a process that a test starts by itself.</summary>
    public IReadOnlyDictionary<string, string> Environment(string? cache = null, string? keytab = null) => new Dictionary<string, string>
    {
        ["KRB5_CONFIG"] = Krb5Conf,
        ["KRB5_KDC_PROFILE"] = Path.Combine(Folder, "kdc.conf"),
        ["KRB5RCACHEDIR"] = Folder,
        ["KRB5CCNAME"] = "FILE:" + (cache ?? Path.Combine(Folder, "cc")),
        ["KRB5_KTNAME"] = "FILE:" + (keytab ?? Keytab("services")),
        ["LC_ALL"] = "C",
    };

    /// <summary>Stops the KDC; what it gave stays.</summary>
    public Task StopKdcAsync() => ScriptAsync("down");

    /// <summary>Starts it again on the same port with the same principals.</summary>
    public Task StartKdcAsync() => ScriptAsync("up", name, Kdc.Port.ToString(CultureInfo.InvariantCulture));

    public async Task DisposeAsync()
    {
        if (_keeper is null)
            return;
        await using (_keeper)
            await _keeper.FinishAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Puts into the folder what the script looks for before it makes the realm.</summary>
    protected virtual Task PrepareAsync(string folder) => Task.CompletedTask;

    private static string Script(string name) => Path.Combine(MitTools.PeersFolder, name);

    private async Task ScriptAsync(string command, params string[] more) =>
        (await ForeignProcess.RunAsync(Script(script), [command, Folder, .. more])).EnsureSuccess();

    // "hold" stops the KDC when its stdin ends, which also happens when this process dies without a word.
    private async Task TryStartAsync(bool lastAttempt)
    {
        _folder = Directory.CreateTempSubdirectory("gk-").FullName;
        await PrepareAsync(_folder);
        Kdc = new IPEndPoint(IPAddress.Loopback, FreePort.Pick());
        var port = Kdc.Port.ToString(CultureInfo.InvariantCulture);
        var keeper = ForeignProcess.Start(Script(script), ["hold", _folder, name, port], timeout: timeout);
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
