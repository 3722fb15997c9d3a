using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>DIR collections: which cache is chosen, and how one is written. Whether MIT agrees, its own tools say in the interop tests.</summary>
public sealed class CredentialCacheDirectoryTests : IDisposable
{
    private static readonly KerberosPrincipal s_alice = KerberosPrincipal.Parse("alice@TEST.LOCAL");
    private static readonly KerberosPrincipal s_bob = KerberosPrincipal.Parse("bob@TEST.LOCAL");

    private readonly TemporaryDirectory _directory = new();
    private KerberosPrincipal? _wanted;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(null, "tkt")]
    [InlineData("tkt\n", "tkt")]
    [InlineData("tktAbc123\n", "tktAbc123")]
    [InlineData("tktAbc123\nmore\n", "tktAbc123")]
    [InlineData("tktAbc123", "tktAbc123")]
    public void Primary_AsTheFileSays_ThatCache(string? content, string expected)
    {
        if (content is not null) _directory.Write("primary", content);

        Assert.Equal(_directory.PathOf(expected), Collection().Primary());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("krb5cc\n")]
    [InlineData("tkt/../../etc/passwd\n")]
    [InlineData("../tkt\n")]
    [InlineData("tkt\0x\n")]
    public void Primary_FileThatNamesNoCacheOfTheDirectory_IsRefused(string content)
    {
        _directory.Write("primary", "tkt\n");
        Collection().Primary();
        _directory.Write("primary", content);

        Assert.Equal(
            $"The credential cache DIR:{_directory.FullName} (from KRB5CCNAME) is damaged: the file \"primary\" in it does not name a cache (tkt...). "
            + "Next: run kinit as this user, or correct KRB5CCNAME.",
            Refused());
    }

    [Fact]
    public void Primary_NameLongerThanAnyFileHas_IsRefused()
    {
        _directory.Write("primary", "tkt" + new string('x', 300) + "\n");

        Assert.Contains("does not name a cache", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Primary_IsADirectory_IsRefused()
    {
        Directory.CreateDirectory(_directory.PathOf("primary"));

        Assert.Contains("the file \"primary\" in it is a directory. Next: ", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_NobodyWanted_ThePrimaryCache()
    {
        Write("tktA", s_alice, hours: 1);
        Write("tktB", s_bob, hours: 2);
        _directory.Write("primary", "tktB\n");

        Assert.Equal(_directory.PathOf("tktB"), new CredentialCacheChooser(() => null).Choose(Collection()));
    }

    [Theory]
    [InlineData("tktC", "tktC")] // its own, and the primary one
    [InlineData("tktB", "tktD")] // its own that ends last
    [InlineData("tktDamaged", "tktD")]
    [InlineData("tktMissing", "tktD")]
    public void Choose_PrincipalWanted_ItsCache(string primary, string expected)
    {
        Write("tktA", s_alice, hours: 1);
        Write("tktB", s_bob, hours: 9);
        Write("tktC", s_alice, hours: 2);
        Write("tktD", s_alice, hours: 3);
        CredentialCacheFile.Save(new CredentialCache(s_alice, []), _directory.PathOf("tktE"));
        _directory.Write("tktDamaged", [5, 4, 0]);
        _directory.Write("other", [5, 4, 0]);
        _directory.Write("primary", primary + "\n");

        Assert.Equal(_directory.PathOf(expected), new CredentialCacheChooser(() => s_alice).Choose(Collection()));
    }

    [Fact]
    public void Choose_PrincipalWantedThatHasNone_ThePrimaryCacheAndItsMessage()
    {
        Write("tkt", s_bob, hours: 1);

        Assert.Equal(_directory.PathOf("tkt"), new CredentialCacheChooser(() => s_alice).Choose(Collection()));
        Assert.Equal("/nonexistent/tkt", new CredentialCacheChooser(() => s_alice).Choose(new CredentialCacheDirectory(new FileLocation("/nonexistent"))));
    }

    [Fact]
    public void Choose_CachesChangedSince_ChosenAnew()
    {
        _wanted = s_alice;
        var chooser = new CredentialCacheChooser(() => _wanted);
        Write("tktA", s_alice, hours: 1);
        Write("tktB", s_bob, hours: 1);
        Assert.Equal(_directory.PathOf("tktA"), chooser.Choose(Collection()));
        Write("tktC", s_alice, hours: 2);
        Assert.Equal(_directory.PathOf("tktC"), chooser.Choose(Collection()));
        Write("tktB", s_alice, hours: 3);
        Assert.Equal(_directory.PathOf("tktB"), chooser.Choose(Collection()));
        File.Delete(_directory.PathOf("tktB"));
        Assert.Equal(_directory.PathOf("tktC"), chooser.Choose(Collection()));
    }

    [Fact]
    public void Save_LoginsOfSeveral_ACacheEachAndTheLastOnePrimary()
    {
        var path = _directory.PathOf("new/krb5cc");
        var collection = new CredentialCacheDirectory(new FileLocation(path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        var alice = collection.Save(Cache(s_alice, hours: 1));
        Assert.Equal((Path.Combine(path, "tkt"), alice), (alice, collection.Primary()));
        var bob = collection.Save(Cache(s_bob, hours: 1));
        Assert.StartsWith(Path.Combine(path, "tkt"), bob, StringComparison.Ordinal);
        Assert.Equal((9, bob), (Path.GetFileName(bob).Length, collection.Primary()));
        Assert.Equal(alice, collection.Save(Cache(s_alice, hours: 2)));

        Assert.Equal([alice, bob], collection.All());
        Assert.Equal([Path.Combine(path, "primary"), alice, bob], Directory.GetFiles(path).Order(StringComparer.Ordinal));
        Assert.Equal("tkt\n", File.ReadAllText(Path.Combine(path, "primary")));
        Assert.Equal(s_alice, CredentialCacheFile.Load(new FileLocation(alice)).Owner);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        foreach (var file in Directory.GetFiles(path)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private CredentialCacheDirectory Collection() => new(new FileLocation(_directory.FullName, "KRB5CCNAME"));

    private string Refused()
    {
        var exception = Assert.Throws<KerberosException>(() => Collection().Primary());
        Assert.Equal(KerberosError.NoCredentials, exception.Error);
        return exception.Message;
    }

    private void Write(string name, KerberosPrincipal owner, int hours) => CredentialCacheFile.Save(Cache(owner, hours), _directory.PathOf(name));

    private static CredentialCache Cache(KerberosPrincipal owner, int hours)
    {
        var ticket = CredentialCacheFile.Load(new FileLocation(Recorded.PathOf("v4.ccache.bin"))).FindTicketGrantingTicket()!;
        return new CredentialCache(owner, [ticket with { Client = owner, Ends = ticket.Ends + TimeSpan.FromHours(hours) }]);
    }
}
