using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A server whose keytab is a file that changes under it. The realm's keys are version 1 and 2; the file begins with version 1.</summary>
internal sealed class KeytabScene : IAsyncDisposable
{
    public static readonly KerberosPrincipal Service = KerberosPrincipal.Parse(TestServerApp.Service);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("grpc-kerberos-");
    private readonly List<KeytabChange> _changes = [];

    public KeytabScene(LogRecorder? log = null)
    {
        Path = PathOf("service.keytab");
        App = new TestServerApp
        {
            Keys = All,
            Log = log ?? new LogRecorder(),
            Options = o =>
            {
                o.LoadKeytab = null;
                o.Keytab = Path;
            },
        };
    }

    /// <summary>What the option says; to be set before the start.</summary>
    public string Path { get; set; }

    public TestServerApp App { get; }

    public TestKeys First { get; } = new TestKeys().Add(TestServerApp.Service, 1);

    public TestKeys Second { get; } = new TestKeys().Add(TestServerApp.Service, 2);

    public TestKeys All => Join(First, Second);

    public IReadOnlyList<KeytabChange> Changes => _changes;

    public KeytabKeeper Keeper { get; private set; } = null!;

    public SchemeAcceptor Scheme { get; private set; } = null!;

    /// <summary>Texts of events 101 and 102, with their numbers.</summary>
    public IReadOnlyList<string> Events =>
        [.. App.Log.Ours.Where(static l => l.Id.Id is 101 or 102).Select(static l => $"{l.Id.Id} {l.Level} {l.Text.Split('\n')[0]}")];

    public static TestKeys Join(params TestKeys[] parts)
    {
        var all = new TestKeys();
        foreach (var entry in parts.SelectMany(static p => p.Keytab.Entries)) all.Add(entry.Principal, entry.KeyVersion, entry.Key!);
        return all;
    }

    public static byte[] Bytes(TestKeys keys) => KeytabFile.Write(keys.Keytab);

    public string PathOf(string name) => System.IO.Path.Combine(_directory.FullName, name);

    public async Task<KeytabScene> StartAsync()
    {
        if (!File.Exists(Path)) Replace(First);
        await App.StartAsync();
        Scheme = await App.App.Services.GetRequiredService<SchemeAcceptors>().GetAsync("Kerberos");
        Keeper = Scheme.Keeper;
        Keeper.Changed += _changes.Add;
        return this;
    }

    /// <summary>Puts another file in its place.</summary>
    public void Replace(TestKeys keys) => Replace(Bytes(keys));

    public void Replace(byte[] content)
    {
        var temporary = PathOf(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, Path, overwrite: true);
    }

    /// <summary>Five seconds: the time between two looks.</summary>
    public void Poll() => App.Time.Advance(TimeSpan.FromSeconds(5));

    /// <summary>A client whose ticket is sealed with the key of one version.</summary>
    public RawClient Client(uint version) =>
        new(App.Channel(), new TestTickets(version == 1 ? First : Second, App.Time).IssueTicket(TestServerApp.Alice, TestServerApp.Service), App.Time);

    public static async Task AssertRefusedAsync(RawClient client)
    {
        var outcome = await client.SendAsync(RawClient.Value(client.Prepare()));
        Assert.Equal("TICKET_REFUSED", outcome.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
