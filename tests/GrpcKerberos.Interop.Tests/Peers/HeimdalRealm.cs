namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>
/// A realm of Heimdal's kdc, whose tickets have no PAC. Principals: alice and bob, test/localhost and HTTP/localhost with a key of every
/// enctype, et-NAME/localhost with one. MIT's tools work in it too.
/// </summary>
public sealed class HeimdalRealm() : ForeignRealm(Name, Peer.Heimdal, "heimdal-realm.sh")
{
    /// <summary>Put [Collection(HeimdalRealm.Collection)] on a test class and a HeimdalRealm into its constructor.</summary>
    public const string Collection = "Heimdal realm";

    public const string Name = "HEIM.TEST";

    /// <summary>Runs Heimdal's own kinit with the keytab or the password of a user and gives the path of its new FILE cache.</summary>
    public async Task<string> HeimdalKinitAsync(string user, bool withKeytab = false)
    {
        var cache = NewCache();
        string[] arguments = withKeytab ? ["-k", "-t", Keytab(user), user] : ["--password-file=STDIN", user];
        (await RunHeimdalAsync("kinit.heimdal", arguments, user + "pw\n", cache)).EnsureSuccess();
        return cache;
    }

    /// <summary>Runs one of Heimdal's tools in this realm to its end, whatever its exit code.</summary>
    public Task<ProcessOutput> RunHeimdalAsync(string program, IEnumerable<string> arguments, string input = "", string? cache = null) =>
        HeimdalTools.RunAsync(program, arguments, Environment(cache), input);
}

[CollectionDefinition(HeimdalRealm.Collection)]
public sealed class SharedHeimdalRealm : ICollectionFixture<HeimdalRealm>;
