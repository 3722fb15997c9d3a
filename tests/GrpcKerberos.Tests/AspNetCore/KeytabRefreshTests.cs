using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Tickets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Tickets that no key opens have the keytab read at once: often enough for a rotation, too seldom for a flood.</summary>
public sealed class KeytabRefreshTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FirstCallAfterRotation_Passes(bool? tls)
    {
        await using var realm = await TestRealm.StartAsync();
        var service = realm.AddService("HTTP/localhost");
        await using var app = await new TestServerApp
        {
            Tls = tls,
            // Its time stands: no poll comes to the rescue.
            Services = (a, s) => s.AddAuthentication().AddKerberos(o => (o.Keytab, o.TimeProvider) = (service.Keytab, a.Time)),
        }.StartAsync();
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/localhost" };

        service.RotateKey();
        using var channel = app.Channel(new() { UnsafeUseInsecureChannelCallCredentials = tls == false });
        var reply = await new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(options)).SayHelloAsync(new HelloRequest { Name = "x" });

        Assert.Equal("alice@TEST.LOCAL", reply.Principal);
        Assert.DoesNotContain(app.Log.Ours, static l => l is { Id.Id: 120, Level: > LogLevel.Debug });
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 101 && l.Text.Contains("newest kvno 2", StringComparison.Ordinal));
        Assert.Contains(app.Log.Ours, static l => l.Id.Id == 110 && l.Text.Contains("kvno 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallJudgedTwice_ClaimsItsProofOnce()
    {
        await using var scene = await new KeytabScene().StartAsync();
        scene.Replace(scene.All);
        var client = scene.Client(2);
        var call = client.Prepare();

        Assert.Equal(StatusCode.OK, (await client.SendAsync(RawClient.Value(call))).Status.StatusCode);
        Assert.Equal("REPEAT", (await client.SendAsync(RawClient.Value(call))).Error);
    }

    [Theory]
    [InlineData((int)ApRejection.NoKey, "host/orders.test@TEST.LOCAL", 1)]
    [InlineData((int)ApRejection.KeyVersionUnknown, TestServerApp.Service, 2)]
    [InlineData((int)ApRejection.TicketIntegrity, TestServerApp.Service, 1)]
    public async Task FirstCall_ForEachCauseThatANewKeytabMayMend_Passes(int cause, string name, uint version)
    {
        await using var scene = await new KeytabScene().StartAsync();
        var keys = new TestKeys().Add(name, version);
        var client = new RawClient(scene.App.Channel(), new TestTickets(keys, scene.App.Time).IssueTicket(TestServerApp.Alice, name), scene.App.Time);
        var prepared = client.Prepare();
        var (_, refused) = await scene.Scheme.Current.JudgeByTokenAsync(new IncomingCall(prepared.Token!.Encoded, prepared.Proof, RawClient.SayHello), default);
        Assert.Equal((ApRejection)cause, refused!.Cause);

        scene.Replace(keys);

        await client.CallAsync();
    }

    [Fact]
    public async Task ManyAtOnce_ReadOnceAndAllPass()
    {
        await using var vault = await new VaultScene().StartAsync();
        vault.Offer(vault.All);
        vault.Hold();
        var client = vault.Client(2);
        var values = Enumerable.Range(0, 64).Select(_ => RawClient.Value(client.Prepare())).ToList();

        var calls = values.Select(v => client.SendAsync(v)).ToList();
        await vault.Reading;
        vault.Release();
        var outcomes = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(outcomes, static o => Assert.Equal(StatusCode.OK, o.Status.StatusCode));
        Assert.Equal(1, vault.Reloads);
    }

    [Fact]
    public async Task Flood_ReadsEveryFiveSeconds()
    {
        await using var vault = await new VaultScene().StartAsync();
        var client = vault.Client(2);

        for (var second = 0; second < 11; second++)
        {
            for (var i = 0; i < 10; i++) await KeytabScene.AssertRefusedAsync(client);
            Assert.Equal(1 + (second / 5), vault.Reloads);
            vault.App.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await vault.Client(1).CallAsync();
        Assert.Equal(3, vault.Reloads);
    }

    [Fact]
    public async Task Flood_OnAFile_IsReadAgainOnlyAfterFiveSeconds()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var client = scene.Client(2);
        await KeytabScene.AssertRefusedAsync(client);
        scene.Replace(scene.All);

        scene.App.Time.Advance(TimeSpan.FromSeconds(2));
        await KeytabScene.AssertRefusedAsync(client);
        scene.App.Time.Advance(TimeSpan.FromSeconds(3));

        await client.CallAsync();
    }

    [Fact]
    public async Task Vault_KeyTakenOut_GoesWithTheNextReading()
    {
        await using var vault = await new VaultScene().StartAsync();
        vault.Offer(vault.Second);
        await vault.Client(1).CallAsync();

        await vault.Client(2).CallAsync();

        await KeytabScene.AssertRefusedAsync(vault.Client(1));
        Assert.True(Assert.Single(vault.Changes).Withdrawn(KeytabScene.Service, 1, Protocol.EncryptionType.Aes256CtsHmacSha384));
    }

    [Fact]
    public async Task Vault_Throws_OldKeysStayAndHealthSaysSo()
    {
        await using var vault = await new VaultScene().StartAsync();
        var health = vault.App.App.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        vault.Failure = new HttpRequestException("the vault is sealed\r\n");

        await KeytabScene.AssertRefusedAsync(vault.Client(2));

        await vault.Client(1).CallAsync();
        var line = Assert.Single(vault.App.Log.Ours, static l => l.Id.Id == 102);
        Assert.StartsWith("Keytab of LoadKeytab cannot be read again: HttpRequestException: the vault is sealed??. The keys of ", line.Text, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Status);
        vault.Failure = null;
        vault.App.Time.Advance(Lookout.Interval);
        await KeytabScene.AssertRefusedAsync(vault.Client(2));
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Vault_Hangs_CallIsRefusedAfterFiveSeconds()
    {
        await using var vault = await new VaultScene().StartAsync();
        vault.Hold();
        var client = vault.Client(2);
        var timers = vault.App.Time.TimerCount;
        var call = client.SendAsync(RawClient.Value(client.Prepare()));
        await vault.Reading;
        // The look's own limit and the call's wait.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (vault.App.Time.TimerCount < timers + 2)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        vault.App.Time.Advance(Lookout.Interval);

        Assert.Equal("TICKET_REFUSED", (await call.WaitAsync(patience.Token)).Error);
        // It still hangs: no second reading begins, and nobody waits for the first.
        await KeytabScene.AssertRefusedAsync(client).WaitAsync(patience.Token);
        Assert.Equal(1, vault.Reloads);
        await vault.Client(1).CallAsync();
        vault.Release();
    }
}
