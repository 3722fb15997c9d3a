using System.Globalization;
using System.Net;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// A throw-away MIT realm with a real krb5kdc on loopback, shared by the tests of its collection.
/// Principals: alice and bob (password: name + "pw"), test/localhost with a key of every enctype, et-NAME/localhost with one.
/// </summary>
public sealed class MitRealm : IAsyncLifetime
{
    /// <summary>Put [Collection(MitRealm.Collection)] on a test class and a MitRealm into its constructor.</summary>
    public const string Collection = "MIT realm";

    public const string Name = "KRB.TEST";

    private const int Attempts = 5;
    private ForeignProcess? _keeper;
    private string? _folder;
    private int _caches;

    /// <summary>Where the KDC listens, UDP and TCP.</summary>
    public IPEndPoint Kdc { get; private set; } = new(IPAddress.Loopback, 0);

    public string Folder => _folder ?? throw new ForeignProcessException("The MIT realm is not up.");

    public string Krb5Conf => Path.Combine(Folder, "krb5.conf");

    /// <summary>The same, but that it permits the types too that are not built in.</summary>
    public string OthersConf => Path.Combine(Folder, "others.conf");

    /// <summary>What the KDC logged so far: one line for each request it answered or refused.</summary>
    public string KdcLog => File.ReadAllText(Path.Combine(Folder, "kdc.log"));

    /// <summary>The keytab of "alice", "bob", "test" (for test/localhost), "et-aes256-cts" and so on, or all "services".</summary>
    public string Keytab(string name) => Path.Combine(Folder, "kt", name + ".keytab");

    /// <summary>A path for a credential cache that no other test uses.</summary>
    public string NewCache() => Path.Combine(Folder, "cc" + Interlocked.Increment(ref _caches).ToString(CultureInfo.InvariantCulture));

    public async Task InitializeAsync()
    {
        if (MitTools.SkipReason is not null)
            return;
        if (MitTools.Missing is { } missing)
            throw new ForeignProcessException(missing);
        for (var attempt = 1; _keeper is null; attempt++)
            await TryStartAsync(lastAttempt: attempt == Attempts);
    }

    /// <summary>Runs kinit with the principal's password and gives the path of its new cache.</summary>
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

    public async Task DisposeAsync()
    {
        if (_keeper is null)
            return;
        await using (_keeper)
            await _keeper.FinishAsync();
        Directory.Delete(Folder, recursive: true);
    }

    // "hold" stops the KDC when its stdin ends, which also happens when this process dies without a word.
    private async Task TryStartAsync(bool lastAttempt)
    {
        _folder = Directory.CreateTempSubdirectory("gk-").FullName;
        Kdc = new IPEndPoint(IPAddress.Loopback, FreePort.Pick());
        var port = Kdc.Port.ToString(CultureInfo.InvariantCulture);
        var keeper = ForeignProcess.Start(Path.Combine(MitTools.PeersFolder, "mit-realm.sh"), ["hold", _folder, Name, port]);
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

[CollectionDefinition(MitRealm.Collection)]
public sealed class SharedMitRealm : ICollectionFixture<MitRealm>;
