using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class KeytabReloadTests
{
    private const EncryptionType Type = EncryptionType.Aes256CtsHmacSha384;

    [Fact]
    public async Task Poll_Rotation_NewKeyIsTakenAndOldRefusedOnceItIsGone()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var (old, @new) = (scene.Client(1), scene.Client(2));
        await old.CallAsync();

        scene.Replace(scene.All);
        scene.Poll();
        await @new.CallAsync();
        await old.CallAsync();
        scene.Replace(scene.Second);
        scene.Poll();
        scene.Poll();

        await @new.CallAsync();
        await KeytabScene.AssertRefusedAsync(old);
        Assert.Equal([false, true], scene.Changes.Select(static c => c.Withdrawn(KeytabScene.Service, 1, Type)));
        Assert.DoesNotContain(scene.Changes, static c => c.Withdrawn(KeytabScene.Service, 2, Type));
        Assert.Equal(
            [
                $"101 Information Keytab {scene.Path}: 8 keys of {TestServerApp.Service}, newest kvno 2, {Types}",
                $"101 Information Keytab {scene.Path}: 4 keys of {TestServerApp.Service}, newest kvno 2, {Types}",
            ],
            scene.Events);
    }

    [Fact]
    public async Task Poll_SameNameAndVersionOtherBytes_IsWithdrawn()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var old = scene.Client(1);
        await old.CallAsync();

        scene.Replace(new TestKeys().Add(TestServerApp.Service, 1));
        scene.Poll();
        scene.Poll();

        await KeytabScene.AssertRefusedAsync(old);
        Assert.True(scene.Changes[^1].Withdrawn(KeytabScene.Service, 1, Type));
    }

    [Fact]
    public async Task Poll_FileTouchedOrSameKeysInOtherOrder_ChangesNothing()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var keytab = scene.Keeper.Current;
        var turned = new TestKeys();
        foreach (var entry in scene.First.Keytab.Entries.Reverse()) turned.Add(entry.Principal, entry.KeyVersion, entry.Key!);

        scene.Replace(turned);
        scene.Poll();
        scene.Poll();

        Assert.Same(keytab, scene.Keeper.Current);
        Assert.Empty(scene.Events);
        await scene.Client(1).CallAsync();
    }

    [Fact]
    public async Task Poll_TurnedLink_IsFollowed()
    {
        await using var scene = new KeytabScene();
        // As Kubernetes mounts a secret: the file is a link through a link to a folder, and only that one is turned.
        Directory.CreateDirectory(scene.PathOf("a"));
        Directory.CreateDirectory(scene.PathOf("b"));
        await File.WriteAllBytesAsync(scene.PathOf("a/k"), KeytabScene.Bytes(scene.First));
        await File.WriteAllBytesAsync(scene.PathOf("b/k"), KeytabScene.Bytes(scene.Second));
        var written = File.GetLastWriteTimeUtc(scene.PathOf("a/k"));
        File.SetLastWriteTimeUtc(scene.PathOf("b/k"), written);
        Directory.CreateSymbolicLink(scene.PathOf("data"), "a");
        File.CreateSymbolicLink(scene.PathOf("link"), "data/k");
        scene.Path = scene.PathOf("link");
        await scene.StartAsync();
        await scene.Client(1).CallAsync();

        Directory.Delete(scene.PathOf("data"));
        Directory.CreateSymbolicLink(scene.PathOf("data"), "b");
        scene.Poll();
        scene.Poll();

        await scene.Client(2).CallAsync();
        await KeytabScene.AssertRefusedAsync(scene.Client(1));
    }

    [Fact]
    public async Task Poll_SoundFileThatLacksKeysForAMoment_LosesNone()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var old = scene.Client(1);

        // An entry-by-entry writer, met twice before it is done.
        scene.Replace(new TestKeys().Add(KeytabScene.Service, 1, scene.First.Keytab.Entries[3].Key!));
        scene.Poll();
        await old.CallAsync();
        scene.Replace(KeytabScene.Join(new TestKeys().Add(KeytabScene.Service, 1, scene.First.Keytab.Entries[0].Key!), scene.Second));
        scene.Poll();
        await scene.Client(2).CallAsync();
        scene.Replace(scene.All);
        scene.Poll();
        scene.Poll();

        await old.CallAsync();
        Assert.DoesNotContain(scene.Changes, static c => c.Withdrawn(KeytabScene.Service, 1, EncryptionType.Aes128CtsHmacSha1) || c.Withdrawn(KeytabScene.Service, 1, Type));
        Assert.Single(scene.Changes);
    }

    [Fact]
    public async Task Policy_FollowsTheKeytab()
    {
        const string other = "HTTP/other.test@OTHER.LOCAL";
        await using var scene = await new KeytabScene().StartAsync();
        var keys = new TestKeys().Add(other);
        var client = new RawClient(scene.App.Channel(), new TestTickets(keys, scene.App.Time).IssueTicket("bob@OTHER.LOCAL", other), scene.App.Time);
        await KeytabScene.AssertRefusedAsync(client);

        scene.Replace(keys);
        scene.Poll();
        scene.Poll();

        Assert.Equal("bob@OTHER.LOCAL", (await client.CallAsync()).Principal);
        Assert.Equal(other, scene.Scheme.Current.Calls.Service.ToString());
        await KeytabScene.AssertRefusedAsync(scene.Client(1));
    }

    [Fact]
    public async Task Policy_NameWithoutRealm_IsLookedForInTheNewKeytab()
    {
        const string other = "HTTP/orders.test@OTHER.LOCAL";
        await using var scene = new KeytabScene();
        scene.App.Options += o => o.ServicePrincipals.Add("HTTP/orders.test");
        await scene.StartAsync();
        Assert.Equal([KeytabScene.Service], scene.Scheme.Current.Calls.Policy.ServicePrincipals);

        scene.Replace(KeytabScene.Join(scene.First, new TestKeys().Add(other)));
        scene.Poll();

        Assert.Equal([KeytabScene.Service, KerberosPrincipal.Parse(other)], scene.Scheme.Current.Calls.Policy.ServicePrincipals);
    }

    [Fact]
    public async Task StateOfACallUnderWay_KeepsItsKeys()
    {
        await using var scene = await new KeytabScene().StartAsync();
        var prepared = scene.Client(1).Prepare();
        var call = new IncomingCall(prepared.Token!.Encoded, prepared.Proof, RawClient.SayHello);
        var before = scene.Scheme.Current;

        scene.Replace(scene.Second);
        scene.Poll();
        scene.Poll();

        Assert.Equal(ApRejection.KeyVersionUnknown, (await scene.Scheme.Current.JudgeByTokenAsync(call, default)).Refused!.Cause);
        Assert.NotNull((await before.JudgeByTokenAsync(call, default)).Exchange);
        Assert.True(new KeytabChange(before.Keytab.Keys, scene.Scheme.Current.Keytab.Keys).Withdrawn(KeytabScene.Service, 1, Type));
        // One replay cache: what the old keys let in, the new state has seen. The clock's start is the process's, not the reload's.
        Assert.Equal(ApRejection.Replayed, (await before.JudgeByTokenAsync(call, default)).Refused!.Cause);
    }

    [Fact]
    public async Task Host_Stopped_NothingRunsAfter()
    {
        var scene = await new KeytabScene().StartAsync();
        Assert.NotEqual(0, scene.App.Time.TimerCount);
        var keytab = scene.Keeper.Current;
        await scene.App.DisposeAsync();

        scene.Replace(scene.All);
        scene.Poll();

        Assert.Equal(0, scene.App.Time.TimerCount);
        Assert.False(await scene.Keeper.RefreshAsync(keytab, default));
        Assert.Empty(scene.Changes);
        Assert.Empty(scene.Events);
        await scene.DisposeAsync();
    }

    private static string Types => string.Join(", ", Protocol.Credentials.EncryptionTypeList.Default.Select(static t => t.ToMitName()));
}
