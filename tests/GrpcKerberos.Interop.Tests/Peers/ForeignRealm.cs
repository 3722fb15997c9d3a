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
public abstract class ForeignRealm(string name, Peer peer, string script, TimeSpan? timeout = null) : HeldRealms($"The realm {name} is", peer)
{
    private int _caches;

    /// <summary>Where the KDC listens, UDP and TCP.</summary>
    public IPEndPoint Kdc { get; private set; } = new(IPAddress.Loopback, 0);

    public string Krb5Conf => Path.Combine(Folder, "krb5.conf");

    /// <summary>A keytab of the realm by its short name: a user, a service's first part, or all "services".</summary>
    public string Keytab(string owner) => Path.Combine(Folder, "kt", owner + ".keytab");

    /// <summary>A path for a credential cache that no other test uses.</summary>
    public string NewCache() => Path.Combine(Folder, "cc" + Interlocked.Increment(ref _caches).ToString(CultureInfo.InvariantCulture));

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

    /// <summary>Puts into the folder what the script looks for before it makes the realm.</summary>
    protected virtual Task PrepareAsync(string folder) => Task.CompletedTask;

    private async Task ScriptAsync(string command, params string[] more) =>
        (await ForeignProcess.RunAsync(Script(script), [command, Folder, .. more])).EnsureSuccess();

    protected override async Task<ForeignProcess> HoldAsync(string folder)
    {
        await PrepareAsync(folder);
        Kdc = new IPEndPoint(IPAddress.Loopback, FreePort.Pick());
        return ForeignProcess.Start(Script(script), ["hold", folder, name, Kdc.Port.ToString(CultureInfo.InvariantCulture)], timeout: timeout);
    }
}
