using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>A client is what it was made as; a configuration that changes is told of, and followed at the next start.</summary>
public sealed class ClientReloadTests
{
    [Theory]
    [InlineData("Principal", "other@TEST.LOCAL")]
    [InlineData("Keytab", "/run/other.keytab")]
    [InlineData("Realm", "OTHER.LOCAL")]
    [InlineData("Krb5Config", "/run/other.conf")]
    [InlineData("ServicePrincipal", "other/{host}")]
    [InlineData("RequireMutualAuthentication", "false")]
    [InlineData("RequireServerBoundSessions", "true")]
    [InlineData("EstablishFirst", "true")]
    [InlineData("TokenFormat", "Gss")]
    [InlineData("MaxHeaderTokenBytes", "2048")]
    [InlineData("KdcTimeout", "00:00:05")]
    [InlineData("EncryptionTypes:0", "aes256-cts-hmac-sha1-96")]
    [InlineData("ArmorCredentialCache", "FILE:/run/armor")]
    public async Task Change_IsToldOfOnceAndNotFollowed(string key, string value)
    {
        await using var scene = await Scene.StartAsync();
        await scene.CallAsync();

        scene.Become((key, value));
        scene.Become((key, value));

        await scene.CallAsync();
        Assert.Equal([$"211 Warning Kerberos changed: {key.Split(':')[0]} take effect at the next start"], scene.Told);
        scene.Become();
        await scene.CallAsync();
        Assert.Single(scene.Told);
    }

    [Fact]
    public async Task WrongChange_IsToldOfOnceAndNotFollowed()
    {
        await using var scene = await Scene.StartAsync();
        await scene.CallAsync();

        scene.Become(("KdcTimeout", "00:10:00"), ("Keytabb", "x"));
        scene.Become(("KdcTimeout", "00:10:00"));
        scene.Become(("KdcTimeout", "00:10:00"));

        await scene.CallAsync();
        Assert.Equal(
            [
                "212 Error Kerberos changed and will not do: Kerberos:Keytabb is no setting. Next: did you mean Keytab?. The settings from before stay in use",
                "212 Error Kerberos changed and will not do: Kerberos:KdcTimeout is 00:10:00. "
                + "Next: 1 s to 2 min (00:00:01 to 00:02:00). The settings from before stay in use",
            ],
            scene.Told);
    }

    [Fact]
    public async Task SectionGone_IsToldOfAndNotFollowed()
    {
        await using var scene = await Scene.StartAsync();
        await scene.CallAsync();

        scene.Clear();

        await scene.CallAsync();
        Assert.Equal(
            ["212 Error Kerberos changed and will not do: it is empty. "
                + "Next: put it back; to go by the defaults start anew. The settings from before stay in use"], scene.Told);
    }

    [Fact]
    public async Task NamedIdentities_EachByItsOwnSection()
    {
        var source = new ChangingConfiguration(("One:Realm", "TEST.LOCAL"), ("Two:Realm", "TEST.LOCAL"));
        var configuration = new ConfigurationBuilder().Add(source).Build();
        var log = new LogRecorder();
        await using var services = new ServiceCollection()
            .AddLogging(b => b.AddProvider(log))
            .AddKerberosClient("one", configuration.GetSection("One"))
            .AddKerberosClient("two", configuration.GetSection("Two"))
            .BuildServiceProvider();
        foreach (var name in new[] { "one", "two" }) services.GetRequiredKeyedService<KerberosClientInterceptor>(name);

        source.Become(("One:Realm", "OTHER.LOCAL"), ("Two:Realm", "TEST.LOCAL"));

        Assert.Equal(["One changed: Realm take effect at the next start"], log.All.Where(static l => l.Id.Id == 211).Select(static l => l.Text.Split('\n')[0]));
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly Messages.MessageScene _server;
        private readonly (string Key, string? Value)[] _good;
        private readonly ChangingConfiguration _source;
        private readonly ServiceProvider _services;
        private readonly LogRecorder _log = new();

        private Scene(Messages.MessageScene server)
        {
            _server = server;
            _good = [("Kerberos:Keytab", server.Realm.AddUser("alice").Keytab), ("Kerberos:Krb5Config", server.Realm.Krb5Config)];
            _source = new ChangingConfiguration(_good);
            var configuration = new ConfigurationBuilder().Add(_source).Build();
            _services = new ServiceCollection()
                .AddLogging(b => b.AddProvider(_log))
                .AddKerberosClient(configuration.GetSection("Kerberos"))
                .BuildServiceProvider();
        }

        public IReadOnlyList<string> Told =>
            [.. _log.All.Where(static l => l is { Category: "GrpcKerberos.Client", Id.Id: 211 or 212 }).Select(static l => $"{l.Id.Id} {l.Level} {l.Text.Split('\n')[0]}")];

        public static async Task<Scene> StartAsync() => new(await Messages.MessageScene.StartAsync());

        public Task CallAsync() => _server.SucceedAsync(_services.GetRequiredService<KerberosClientInterceptor>());

        public void Become(params (string Key, string? Value)[] settings) => _source.Become(
            [.. _good.Where(g => !settings.Any(s => g.Key == $"Kerberos:{s.Key}")), .. settings.Select(static s => ($"Kerberos:{s.Key}", s.Value))]);

        public void Clear() => _source.Become();

        public async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
