using System.Text.Json;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Tests.Testing;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Tool.Tests.Klist;

public sealed class KlistCacheTests : IAsyncLifetime
{
    private readonly ManualClock _time = new();
    private TestRealm _realm = null!;
    private string _cache = null!;

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync(configure: o => o.TimeProvider = _time);
        _realm.AddService("HTTP/localhost").RotateKey();
        _cache = await _realm.AddUser("alice").LoginAsync();
        _time.Advance(TimeSpan.FromMinutes(214));
    }

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [Fact]
    public async Task ACache_IsListed()
    {
        var login = CredentialCacheFile.Load(new FileLocation(_cache));
        var ticket = _realm.IssueTicket(login.Owner, KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"));
        CredentialCacheFile.Save(new CredentialCache(login.Owner, [.. login.Tickets, ticket], TimeSpan.FromSeconds(3)), _cache);

        var run = await ToolRun.Of(["klist", _cache], _time);

        Assert.Equal(
            $"""
            Cache:     FILE:{_cache} (from the command line)
            Principal: alice@TEST.LOCAL
            Clock:     the KDC's is 3 s ahead of this host's
            Starts                Expires               Left        Renew until           kvno  Ticket                      Session key                 Service
            2026-03-01T12:00:00Z  2026-03-01T22:00:00Z  6 h 25 min  2026-03-08T12:00:00Z  1     aes256-cts-hmac-sha384-192  aes256-cts-hmac-sha384-192  krbtgt/TEST.LOCAL@TEST.LOCAL
            2026-03-01T15:34:00Z  2026-03-02T01:34:00Z  9 h 59 min  -                     2     aes256-cts-hmac-sha384-192  aes256-cts-hmac-sha384-192  HTTP/localhost@TEST.LOCAL

            """,
            run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task ATicketOfAnother_SaysWhose()
    {
        var login = CredentialCacheFile.Load(new FileLocation(_cache));
        var ticket = _realm.IssueTicket(KerberosPrincipal.Parse("bob@TEST.LOCAL"), KerberosPrincipal.Parse("HTTP/localhost@TEST.LOCAL"));
        CredentialCacheFile.Save(new CredentialCache(login.Owner, [.. login.Tickets, ticket]), _cache);

        var run = await ToolRun.Of(["klist", _cache], _time);

        Assert.EndsWith("  HTTP/localhost@TEST.LOCAL for bob@TEST.LOCAL\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  krbtgt/TEST.LOCAL@TEST.LOCAL\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATicketThatEnded_SaysSo()
    {
        _time.Advance(TimeSpan.FromHours(8));

        var run = await ToolRun.Of(["klist"], _time, new() { ["KRB5CCNAME"] = $"FILE:{_cache}" });

        Assert.StartsWith($"Cache:     FILE:{_cache} (from KRB5CCNAME)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  expired 1 h 34 min ago  ", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task OfADirectory_ThePrimaryIsListed_OrAll()
    {
        var directory = Path.Combine(_realm.Directory, "caches");
        var caches = new CredentialCacheDirectory(new FileLocation(directory));
        caches.Save(CredentialCacheFile.Load(new FileLocation(await _realm.AddUser("bob").LoginAsync())));
        caches.Save(CredentialCacheFile.Load(new FileLocation(_cache)));

        var one = await ToolRun.Of(["klist", $"DIR:{directory}"], _time);
        var all = await ToolRun.Of(["klist", "-A", $"DIR:{directory}"], _time);

        Assert.Equal(["alice@TEST.LOCAL"], Principals(one));
        Assert.Equal(["alice@TEST.LOCAL", "bob@TEST.LOCAL"], Principals(all));
        Assert.StartsWith($"Cache:     DIR::{directory}/tkt", one.Output, StringComparison.Ordinal);

        static string[] Principals(ToolRun run) =>
            [.. run.Output.Split('\n').Where(l => l.StartsWith("Principal: ", StringComparison.Ordinal)).Select(l => l["Principal: ".Length..])];
    }

    [Fact]
    public async Task Json_HasTheSameFacts_AndNoKey()
    {
        var run = await ToolRun.Of(["klist", "--json", _cache], _time);

        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("klist-caches/1", root.GetProperty("schema").GetString());
        var cache = root.GetProperty("caches")[0];
        Assert.Equal("alice@TEST.LOCAL", cache.GetProperty("principal").GetString());
        var ticket = cache.GetProperty("tickets")[0];
        Assert.Equal(23_160, ticket.GetProperty("secondsLeft").GetInt64());
        Assert.Equal(["forwardable", "renewable", "initial", "pre-authent"], ticket.GetProperty("flags").EnumerateArray().Select(f => f.GetString()));
        var key = CredentialCacheFile.Load(new FileLocation(_cache)).Tickets[0].SessionKey.Bytes;
        Assert.DoesNotContain(Convert.ToHexString(key), run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(key), run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nonexistent/cc", "The credential cache FILE:/nonexistent/cc (from the command line) does not exist.\nNext: "
        + "run kinit, or name another cache.\n")]
    // A first letter makes no file of arguments out of a name.
    [InlineData("@/nonexistent/cc", "The credential cache FILE:@/nonexistent/cc (from the command line) does not exist.\nNext: "
        + "run kinit, or name another cache.\n")]
    [InlineData("KCM:1000", "The credential cache is KCM:1000; GrpcKerberos reads FILE and DIR caches.\nNext: KRB5CCNAME=FILE:/tmp/krb5cc_")]
    public async Task WhatCannotBeRead_FailsWithTheNextStep(string cache, string text)
    {
        var run = await ToolRun.Of(["klist", cache], _time);

        Assert.StartsWith(text, run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ACacheThatIsCut_FailsWithItsPlace()
    {
        var octets = await File.ReadAllBytesAsync(_cache);
        await File.WriteAllBytesAsync(_cache, octets[..^5]);

        var run = await ToolRun.Of(["klist", "--json", _cache], _time);

        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("failure/1", root.GetProperty("schema").GetString());
        Assert.Equal("NoCredentials", root.GetProperty("error").GetString());
        Assert.Contains("is damaged at octet", root.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("run kinit, which writes it anew.", root.GetProperty("next").GetString());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ANameThatWouldMoveTheCursor_IsPrintedWithoutThat()
    {
        var owner = new KerberosPrincipal(new PrincipalName(NameType.Principal, ["al\u001b[2Jice\u202e"]), "TEST.LOCAL");
        CredentialCacheFile.Save(new CredentialCache(owner, []), _cache);

        var run = await ToolRun.Of(["klist", _cache], _time);

        Assert.Contains("Principal: al?[2Jice?@TEST.LOCAL\nIt holds no ticket.\n", run.Output, StringComparison.Ordinal);
    }
}
