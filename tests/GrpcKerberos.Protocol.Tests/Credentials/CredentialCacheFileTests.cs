using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public class CredentialCacheFileTests
{
    [Fact]
    public void Load_CacheOfMit_IsRead() =>
        Assert.NotNull(CredentialCacheFile.Load(new FileLocation(Recorded.PathOf("v4.ccache.bin"))).FindTicketGrantingTicket());

    [Fact]
    public void Load_NoFile_TellsToRunKinit()
    {
        var missing = new FileLocation("/nonexistent/krb5cc_1000");

        Assert.Null(CredentialCacheFile.TryLoad(missing));
        Assert.Equal(
            "No Kerberos credentials: FILE:/nonexistent/krb5cc_1000 does not exist and no keytab is set. "
            + "Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).",
            Refused(missing));
    }

    [Fact]
    public void Load_DamagedFile_SaysWhichAndWhere()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("cc", Recorded.Octets("v4.ccache.bin")[..20]);

        var text = Refused(new FileLocation(path, "KRB5CCNAME"));

        Assert.StartsWith($"The credential cache FILE:{path} (from KRB5CCNAME) is damaged at octet ", text, StringComparison.Ordinal);
        Assert.EndsWith("Next: run kinit, which writes it anew.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Directory_IsRefused()
    {
        using var directory = new TemporaryDirectory();

        Assert.Contains(" is a directory. Next: ", Refused(new FileLocation(directory.FullName)), StringComparison.Ordinal);
    }

    [UnprivilegedFact]
    public void Load_FileOfModeZero_NamesReaderAndOwner()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("cc", Recorded.Octets("v4.ccache.bin"));
        Assert.NotEmpty(CredentialCacheFile.Load(new FileLocation(path)).Tickets);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.Contains($"cannot be read by {UnixAccount.Self}", Refused(new FileLocation(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_OverAnotherFile_ReplacesItForItsOwnerAlone()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("cc", "another");
        var cache = CredentialCacheFile.Load(new FileLocation(Recorded.PathOf("v4.ccache.bin")));

        CredentialCacheFile.Save(cache, path);

        Assert.Equal(cache.Tickets.Count, CredentialCacheFile.Load(new FileLocation(path)).Tickets.Count);
        Assert.Equal([path], Directory.GetFiles(directory.FullName));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Save_WhereItCannotStand_LeavesNothingBehind()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("cc/inside", "x");
        var cache = CredentialCacheFile.Load(new FileLocation(Recorded.PathOf("v4.ccache.bin")));

        Assert.ThrowsAny<Exception>(() => CredentialCacheFile.Save(cache, directory.PathOf("cc")));

        Assert.Empty(Directory.GetFiles(directory.FullName));
    }

    private static string Refused(FileLocation location)
    {
        var exception = Assert.Throws<KerberosException>(() => CredentialCacheFile.Load(location));
        Assert.Equal(KerberosError.NoCredentials, exception.Error);
        return exception.Message;
    }
}
