using System.Diagnostics;
using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>What a setting may name by mistake, the same for each of the three kinds of file: one documented error with the path, at once.</summary>
public sealed class FileThatIsNoneTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();

    public enum Kind
    {
        Configuration,
        CredentialCache,
        Keytab,
    }

    public static TheoryData<Kind> Kinds => [Kind.Configuration, Kind.CredentialCache, Kind.Keytab];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_Pipe_IsRefusedInsteadOfWaitedFor(Kind kind)
    {
        if (!OperatingSystem.IsLinux()) return;
        var path = _directory.PathOf("pipe");
        using (var mkfifo = Process.Start("mkfifo", [path])) await mkfifo.WaitForExitAsync();

        await AssertRefusedAsync(kind, path, "is no file but a pipe, a socket or a device");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_TerminalThroughALink_IsRefusedInsteadOfWaitedFor(Kind kind)
    {
        if (!OperatingSystem.IsLinux()) return;
        var link = _directory.PathOf("link");
        File.CreateSymbolicLink(link, "/dev/ptmx");

        await AssertRefusedAsync(kind, link, "is no file but a pipe, a socket or a device");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_EndlessDevice_IsRefusedAtTheBound(Kind kind)
    {
        if (!OperatingSystem.IsLinux()) return;

        await AssertRefusedAsync(kind, "/dev/zero", "is larger than 16 MiB");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_FileOf100MB_IsRefusedAtTheBound(Kind kind)
    {
        var path = _directory.PathOf("large");
        using (var file = File.Create(path)) file.SetLength(100_000_000);

        await AssertRefusedAsync(kind, path, "is larger than 16 MiB");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_Directory_IsRefused(Kind kind) => await AssertRefusedAsync(kind, _directory.FullName, "is a directory");

    [Theory]
    [InlineData(Kind.CredentialCache, "is damaged at octet 0")]
    [InlineData(Kind.Keytab, "is empty")]
    public async Task Load_EmptyFile_IsRefused(Kind kind, string reason) => await AssertRefusedAsync(kind, _directory.Write("empty", ""), reason);

    [Fact]
    public void Load_NullDeviceAsConfiguration_IsEmpty()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Null(Krb5Config.Load("/dev/null", static _ => null).DefaultRealm);
    }

    private static async Task AssertRefusedAsync(Kind kind, string path, string reason)
    {
        var exception = await Assert.ThrowsAsync<KerberosException>(() => Task.Run(() => Load(kind, path)).WaitAsync(s_deadline));

        Assert.Equal(kind switch { Kind.Configuration => KerberosError.ConfigurationInvalid, Kind.Keytab => KerberosError.KeytabUnusable, _ => KerberosError.NoCredentials }, exception.Error);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains(" Next: ", exception.Message, StringComparison.Ordinal);
    }

    private static object Load(Kind kind, string path) => kind switch
    {
        Kind.Configuration => Krb5Config.Load(path, static _ => null),
        Kind.Keytab => KeytabLoader.Load(path),
        _ => CredentialCacheFile.Load(new FileLocation(path)),
    };
}
