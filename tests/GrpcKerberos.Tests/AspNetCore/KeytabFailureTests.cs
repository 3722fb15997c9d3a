using System.Buffers.Text;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A keytab that does not do any more: the old keys stay, the log says so once, and a good one ends it.</summary>
public sealed class KeytabFailureTests
{
    [Theory]
    [InlineData("half", "is damaged at octet ")]
    [InlineData("empty", "is empty. Next: export it again")]
    [InlineData("no keys", "holds no key. Next: export it again")]
    [InlineData("no keytab", "is damaged at octet 0: it begins with neither 0x0501 nor 0x0502, so it is no keytab. Next: export it again")]
    [InlineData("deleted", "does not exist. Next: mount it there or correct the setting")]
    [InlineData("unreadable", "cannot be read: ")]
    [InlineData("directory", "is a directory. Next: correct the setting")]
    public async Task Poll_Unfit_OldKeysStayAndItIsSaidOnce(string what, string reason)
    {
        await using var scene = await new KeytabScene().StartAsync();
        var loadedAt = new KerberosTime(scene.Keeper.Current.LoadedAt);
        Spoil(scene, what);

        scene.Poll();
        scene.Poll();
        scene.Poll();

        await scene.Client(1).CallAsync();
        Assert.Empty(scene.Changes);
        var text = Assert.Single(scene.Events);
        Assert.StartsWith($"102 Error Keytab {scene.Path} cannot be read again: Keytab {scene.Path} {reason}", text, StringComparison.Ordinal);
        Assert.EndsWith($". The keys of {loadedAt} stay in use", text, StringComparison.Ordinal);

        if (what == "directory") Directory.Delete(scene.Path);
        scene.Replace(scene.All);
        scene.Poll();
        await scene.Client(2).CallAsync();
        Assert.StartsWith("101 ", scene.Events[^1], StringComparison.Ordinal);
        Assert.Equal(2, scene.Events.Count);
    }

    [Fact]
    public async Task Poll_DeletedAndBackWithTheSameKeys_SaysThatItReadsAgain()
    {
        await using var scene = await new KeytabScene().StartAsync();

        for (var i = 0; i < 2; i++)
        {
            File.Delete(scene.Path);
            scene.Poll();
            scene.Replace(scene.First);
            scene.Poll();
        }

        Assert.Equal(["102", "101", "102", "101"], scene.Events.Select(static e => e[..3]));
        Assert.Empty(scene.Changes);
        await scene.Client(1).CallAsync();
    }

    [Fact]
    public async Task Poll_AnotherReason_IsSaidToo()
    {
        await using var scene = await new KeytabScene().StartAsync();

        Spoil(scene, "deleted");
        scene.Poll();
        Spoil(scene, "empty");
        scene.Poll();
        scene.Poll();

        Assert.Equal(2, scene.Events.Count);
        Assert.Contains("does not exist", scene.Events[0], StringComparison.Ordinal);
        Assert.Contains("is empty", scene.Events[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Poll_KeytabWithoutAConfiguredName_IsNotTaken()
    {
        await using var scene = new KeytabScene();
        scene.App.Options += o => o.ServicePrincipals.Add(TestServerApp.Service);
        await scene.StartAsync();

        scene.Replace(new Testing.Tickets.TestKeys().Add("HTTP/other.test@TEST.LOCAL"));
        scene.Poll();
        scene.Poll();

        Assert.Contains($"has no key for {TestServerApp.Service}; it has HTTP/other.test@TEST.LOCAL", Assert.Single(scene.Events), StringComparison.Ordinal);
        await scene.Client(1).CallAsync();
    }

    [Fact]
    public async Task Look_FileWrittenWhileItIsRead_IsNotTakenUntilItRests()
    {
        using var directory = new ScratchFolder();
        await using var scene = new KeytabScene { Path = directory.PathOf("a") };
        await File.WriteAllBytesAsync(scene.Path, KeytabScene.Bytes(scene.First));
        var time = new InterruptingTime();
        var options = new GrpcKerberos.AspNetCore.KerberosAuthenticationOptions { Keytab = scene.Path, TimeProvider = time };
        var keytab = await KeytabSource.LoadAsync(options, Krb5Config.Empty, default);
        using var meters = new Meters();
        using var keeper = new KeytabKeeper(keytab, new KeytabReader(options, EncryptionTypeList.Default), time, new ServerLog(NullLoggerFactory.Instance, time), new ServerMetrics(meters, time));
        // The time is asked for between the first look at the stamp and the reading.
        time.Interrupt = () => File.WriteAllBytes(scene.Path, KeytabScene.Bytes(scene.Second));

        Assert.False(await keeper.RefreshAsync(keytab, default));
        Assert.Same(keytab, keeper.Current);
        Assert.Null(await keeper.FindProblemAsync(default));
        time.Interrupt = null;
        time.Advance(Lookout.Interval);

        Assert.True(keeper.Current.Keys.HasKey(scene.Second.Keytab.Entries[0]));
    }

    [Fact]
    public async Task Log_OfReloads_HoldsNoKey()
    {
        await using var scene = await new KeytabScene().StartAsync();
        foreach (var what in new[] { "half", "no keytab", "empty", "deleted" })
        {
            Spoil(scene, what);
            scene.Poll();
            await KeytabScene.AssertRefusedAsync(scene.Client(2));
        }

        scene.Replace(scene.All);
        scene.Poll();
        scene.Replace(scene.Second);
        scene.Poll();
        scene.Poll();
        await KeytabScene.AssertRefusedAsync(scene.Client(1));

        Assert.Equal(6, scene.Events.Count);
        var text = string.Join('\n', scene.App.Log.All.Select(static l => l.Text));
        foreach (var key in scene.All.Keytab.Entries.Select(static e => e.Key!.Bytes.ToArray()))
        {
            Assert.DoesNotContain(Base64Url.EncodeToString(key)[..16], text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(key)[..16], text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(key)[..16], text, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static void Spoil(KeytabScene scene, string what)
    {
        var good = KeytabScene.Bytes(scene.All);
        switch (what)
        {
            case "half":
                scene.Replace(good[..(good.Length / 2)]);
                break;
            case "empty":
                // In place, as a shell's redirection does.
                File.WriteAllBytes(scene.Path, []);
                break;
            case "no keys":
                scene.Replace([5, 2]);
                break;
            case "no keytab":
                scene.Replace(good[1..]);
                break;
            case "deleted":
                File.Delete(scene.Path);
                break;
            case "unreadable":
                // A link to itself: unreadable for root, too.
                File.Delete(scene.Path);
                File.CreateSymbolicLink(scene.Path, scene.Path);
                break;
            case "directory":
                File.Delete(scene.Path);
                Directory.CreateDirectory(scene.Path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    private sealed class ScratchFolder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("grpc-kerberos-");

        public string PathOf(string name) => Path.Combine(_directory.FullName, name);

        public void Dispose() => _directory.Delete(recursive: true);
    }

    /// <summary>Does something whenever the time of day is asked for.</summary>
    private sealed class InterruptingTime : TimeProvider
    {
        private readonly ManualTime _time = new();

        public Action? Interrupt { get; set; }

        public override long TimestampFrequency => _time.TimestampFrequency;

        public void Advance(TimeSpan by) => _time.Advance(by);

        public override long GetTimestamp() => _time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(callback, state, dueTime, period);

        public override DateTimeOffset GetUtcNow()
        {
            Interrupt?.Invoke();
            return _time.GetUtcNow();
        }
    }
}
