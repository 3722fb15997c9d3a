using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public class KeytabLoaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("FILE:")]
    [InlineData("file:")]
    [InlineData("WRFILE:")]
    public void Load_FileWithOrWithoutItsKind_IsRead(string kind) =>
        Assert.Equal(8, KeytabLoader.Load(kind + Recorded.PathOf("all-enctypes.keytab")).Entries.Count);

    [Fact]
    public void Load_NoFile_SaysWhichAndWhichSettingNamesIt()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.PathOf("a.keytab");

        Assert.Equal(
            $"Keytab {path} (from KRB5_CLIENT_KTNAME) does not exist. Next: mount it there or correct the setting.",
            Refused(new FileLocation("FILE:" + path, "KRB5_CLIENT_KTNAME")));
        Assert.Equal(
            $"Keytab {path}/b does not exist. Next: mount it there or correct the setting.",
            Refused(new FileLocation(path + "/b")));
        Assert.Equal(
            $"Keytab {path} does not exist, and no setting names another. Next: set Keytab or KRB5_KTNAME to the service's, or mount it there.",
            Refused(new FileLocation(path) { IsDefault = true }));
    }

    [Fact]
    public void Load_EmptyFile_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("a.keytab", []);

        Assert.Equal($"Keytab {path} is empty. Next: export it again.", Refused(new FileLocation(path)));
    }

    [Fact]
    public void Load_DamagedFile_SaysWhichAndWhere()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("a.keytab", Recorded.Octets("hole.keytab")[..100]);

        Assert.Equal(
            $"Keytab {path} (from KRB5_KTNAME) is damaged at octet 90: a hole should have 64 octets, 10 are left. Next: export it again.",
            Refused(new FileLocation(path, "KRB5_KTNAME")));
    }

    [Fact]
    public void Load_Directory_IsRefused()
    {
        using var directory = new TemporaryDirectory();

        Assert.Equal($"Keytab {directory.FullName} is a directory. Next: correct the setting.", Refused(new FileLocation(directory.FullName)));
    }

    [Fact]
    public void Load_EndlessFile_IsRefusedWithoutReadingItAll()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal("Keytab /dev/zero is larger than 16 MiB. Next: correct the setting.", Refused(new FileLocation("/dev/zero")));
    }

    [Fact]
    public void Load_KindOtherThanFile_IsRefusedByName() =>
        Assert.StartsWith("Keytab MEMORY:a (from KRB5_KTNAME) is of the kind MEMORY; ", Refused(new FileLocation("MEMORY:a", "KRB5_KTNAME")), StringComparison.Ordinal);

    [Fact]
    public void Load_PathNoFileCanHave_IsRefused() => Assert.Contains("cannot be read", Refused(new FileLocation("/a\0b")), StringComparison.Ordinal);

    [Fact]
    public void UnreadableText_OwnerAndModeKnown_IsAsPromised() => Assert.Equal(
        "Keytab /etc/krb5.keytab cannot be read by uid 1654: owner root, mode 0600. "
        + "Next: give this user the file (chown; in Kubernetes securityContext.fsGroup and defaultMode 0440).",
        KeytabLoader.UnreadableText(new FileLocation("/etc/krb5.keytab"), "uid 1654", "root", UnixFileMode.UserRead | UnixFileMode.UserWrite));

    [Theory]
    [InlineData(null, UnixFileMode.SetGroup | UnixFileMode.UserRead, "mode 02400")]
    [InlineData(null, null, "access is denied")]
    public void UnreadableText_LessKnown_SaysWhatIs(string? owner, UnixFileMode? mode, string why) =>
        Assert.Contains($"by this user: {why}. Next:", KeytabLoader.UnreadableText(new FileLocation("/k"), "this user", owner, mode), StringComparison.Ordinal);

    [UnprivilegedFact]
    public void Load_FileOfModeZero_NamesReaderOwnerAndMode()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("a.keytab", Recorded.Octets("hole.keytab"));
        Assert.Single(KeytabLoader.Load(path).Entries);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.None);

        var text = Refused(new FileLocation(path));

        Assert.StartsWith($"Keytab {path} cannot be read by {UnixAccount.Self}: ", text, StringComparison.Ordinal);
        Assert.Contains("mode 0000. Next: give this user the file", text, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnerOf_FileOfThisSystem_IsRoot()
    {
        if (!OperatingSystem.IsLinux()) return;

        Assert.Equal("root", UnixAccount.OwnerOf("/etc/passwd"));
        Assert.Null(UnixAccount.OwnerOf("/nonexistent"));
    }

    private static string Refused(FileLocation location)
    {
        var exception = Assert.Throws<KerberosException>(() => KeytabLoader.Load(location));
        Assert.Equal(KerberosError.KeytabUnusable, exception.Error);
        return exception.Message;
    }
}
