namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// A realm of MIT's krb5kdc. Principals: alice and bob, test/localhost with a key of every enctype, et-NAME/localhost with one and that
/// session key, tk-NAME/localhost with one and the session key that a client asks for.
/// </summary>
public sealed class MitRealm() : ForeignRealm(Name, Peer.Mit, "mit-realm.sh")
{
    /// <summary>Put [Collection(MitRealm.Collection)] on a test class and a MitRealm into its constructor.</summary>
    public const string Collection = "MIT realm";

    public const string Name = "KRB.TEST";

    /// <summary>A krb5.conf that permits the types too that are not built in.</summary>
    public string OthersConf => Path.Combine(Folder, "others.conf");

    /// <summary>What the KDC logged so far: one line for each request it answered or refused.</summary>
    public string KdcLog => File.ReadAllText(Path.Combine(Folder, "kdc.log"));

    /// <summary>The authentication indicator of who logs in by password inside FAST (kinit -T).</summary>
    public const string FastIndicator = "fast";

    /// <summary>Commands for kadmin.local, a line each, none of which may fail.</summary>
    public async Task KadminAsync(params string[] commands)
    {
        var said = (await RunAsync("kadmin.local", [], string.Join('\n', commands) + "\n")).EnsureSuccess();
        Assert.DoesNotContain("kadmin.local: ", said.StandardError.Replace("kadmin.local:  ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    protected override Task PrepareAsync(string folder) =>
        File.WriteAllTextAsync(Path.Combine(folder, "extra.kdc"), $"    encrypted_challenge_indicator = {FastIndicator}\n");
}

[CollectionDefinition(MitRealm.Collection)]
public sealed class SharedMitRealm : ICollectionFixture<MitRealm>;
