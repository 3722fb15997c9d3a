using System.Globalization;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// Three throw-away MIT realms, A.TEST, B.TEST and C.TEST, of which A and C share keys with B alone; see tests/peers/mit-cross.sh for what each KDC knows.
/// In each there are alice and HTTP/svc.a.test (b, c).
/// </summary>
public sealed class CrossRealms() : HeldRealms("The MIT realms are", Peer.Mit)
{
    /// <summary>Put [Collection(CrossRealms.Collection)] on a test class and a CrossRealms into its constructor.</summary>
    public const string Collection = "MIT realms that trust each other";

    private int _caches;

    /// <summary>A krb5.conf with the KDCs of all three, without [capaths] and [domain_realm].</summary>
    public string Krb5Conf => Path.Combine(Folder, "client.conf");

    /// <summary>The keytab of "alice" or "http" in realm "A", "B" or "C".</summary>
    public string Keytab(string realm, string name) => Path.Combine(Folder, realm, "kt", name + ".keytab");

    /// <summary>Runs a program of MIT as a client in the three realms.</summary>
    public Task<ProcessOutput> RunAsync(string program, IEnumerable<string> arguments, string cache, string? krb5Conf = null) =>
        ForeignProcess.RunAsync(MitTools.Find(program), arguments, "", new Dictionary<string, string>
        {
            ["KRB5_CONFIG"] = krb5Conf ?? Krb5Conf,
            ["KRB5CCNAME"] = "FILE:" + cache,
            ["LC_ALL"] = "C",
        });

    /// <summary>A path for a file that no other test uses.</summary>
    public string NewFile(string name) => Path.Combine(Folder, name + Interlocked.Increment(ref _caches).ToString(CultureInfo.InvariantCulture));

    /// <summary>A krb5.conf as above, with more behind it.</summary>
    public string Krb5ConfWith(string more)
    {
        var path = NewFile("client.conf");
        File.WriteAllText(path, File.ReadAllText(Krb5Conf) + more);
        return path;
    }

    protected override Task<ForeignProcess> HoldAsync(string folder)
    {
        var ports = Enumerable.Range(0, 3).Select(static _ => FreePort.Pick().ToString(CultureInfo.InvariantCulture));
        return Task.FromResult(ForeignProcess.Start(Script("mit-cross.sh"), ["hold", folder, .. ports]));
    }
}

[CollectionDefinition(CrossRealms.Collection)]
public sealed class SharedCrossRealms : ICollectionFixture<CrossRealms>;
