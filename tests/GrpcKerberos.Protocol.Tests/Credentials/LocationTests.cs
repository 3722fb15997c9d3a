using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public class LocationTests
{
    private static readonly Krb5Config s_config = new()
    {
        DefaultKeytabName = "/conf.keytab",
        DefaultClientKeytabName = "/client.keytab",
        DefaultCredentialCacheName = "FILE:/conf.cc",
    };

    [Theory]
    [InlineData("/opt", "/env", true, "/opt (from Scheme:Keytab)")]
    [InlineData(null, "/env", true, "/env (from KRB5_KTNAME)")]
    [InlineData("", "", true, "/conf.keytab (from default_keytab_name)")]
    [InlineData(null, null, false, "/etc/krb5.keytab")]
    public void ServerKeytab_OptionThenEnvironmentThenFile_InThatOrder(string? option, string? variable, bool config, string expected)
    {
        if (OperatingSystem.IsWindows()) return;

        var location = ServerKeytabLocation.Resolve(option, "Scheme:Keytab", Config(config), Only("KRB5_KTNAME", variable));

        Assert.Equal((expected, !expected.Contains("from", StringComparison.Ordinal)), (location.ToString(), location.IsDefault));
    }

    [Theory]
    [InlineData("/opt", "/env", true, "/opt (from KerberosClientOptions.Keytab)")]
    [InlineData(null, "/env", true, "/env (from KRB5_CLIENT_KTNAME)")]
    [InlineData(null, null, true, "/client.keytab (from default_client_keytab_name)")]
    [InlineData(null, null, false, null)]
    public void ClientKeytab_OptionThenEnvironmentThenFile_InThatOrder(string? option, string? variable, bool config, string? expected) =>
        Assert.Equal(expected, ClientKeytabLocation.Resolve(option, Config(config), Only("KRB5_CLIENT_KTNAME", variable))?.ToString());

    [Theory]
    [InlineData("FILE:/opt", "/env", true, "/opt (from KerberosClientOptions.CredentialCache)")]
    [InlineData(null, "FILE:/env", true, "/env (from KRB5CCNAME)")]
    [InlineData(null, null, true, "/conf.cc (from default_ccache_name)")]
    public void CredentialCache_OptionThenEnvironmentThenFile_InThatOrder(string? option, string? variable, bool config, string expected) =>
        Assert.Equal(expected, CredentialCacheLocation.Resolve(option, Config(config), Only("KRB5CCNAME", variable)).ToString());

    [Fact]
    public void CredentialCache_NothingSet_IsNamedByTheUid()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(new FileLocation($"/tmp/krb5cc_{UnixAccount.Uid}"), CredentialCacheLocation.Resolve(null, Krb5Config.Empty, Only("HOME", "/root")));
    }

    [Theory]
    [InlineData("KCM:1000")]
    [InlineData("KCM:")]
    [InlineData("KEYRING:persistent:1000")]
    [InlineData("MEMORY:x")]
    [InlineData("API:1")]
    [InlineData("DIR:")]
    [InlineData("DIR::")]
    public void CredentialCache_KindOtherThanFileAndDirectory_IsRefusedWithTheWayOut(string name)
    {
        if (OperatingSystem.IsWindows()) return;

        var exception = Assert.Throws<KerberosException>(() => CredentialCacheLocation.Resolve(null, Krb5Config.Empty, Only("KRB5CCNAME", name)));

        Assert.Equal(KerberosError.NoCredentials, exception.Error);
        Assert.Equal(
            $"The credential cache is {name}; GrpcKerberos reads FILE and DIR caches. "
            + $"Next: KRB5CCNAME=FILE:/tmp/krb5cc_{UnixAccount.Uid} kinit, or set UseDefaultCredentials.",
            exception.Message);
    }

    [Theory]
    [InlineData("DIR:/nonexistent", "DIR::/nonexistent/tkt (from KRB5CCNAME)")]
    [InlineData("dir::/nonexistent/tktX", "DIR::/nonexistent/tktX (from KRB5CCNAME)")]
    [InlineData("FILE:/nonexistent/cc", "FILE:/nonexistent/cc (from KRB5CCNAME)")]
    [InlineData("/nonexistent/cc", "FILE:/nonexistent/cc (from KRB5CCNAME)")]
    public void CredentialCache_EachKind_NamedAsMitNamesIt(string name, string expected)
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(expected, CredentialCacheLocation.Resolve(null, Krb5Config.Empty, Only("KRB5CCNAME", name)).CacheName);
    }

    [Theory]
    [InlineData(@"C:\keys\a.keytab", "FILE", @"C:\keys\a.keytab")]
    [InlineData(@"FILE:C:\keys\a.keytab", "FILE", @"C:\keys\a.keytab")]
    [InlineData("/odd:name", "FILE", "/odd:name")]
    [InlineData("./odd:name", "FILE", "./odd:name")]
    [InlineData("dir:/x", "DIR", "/x")]
    public void FileKind_OfAName_IsWhatStandsBeforeTheColon(string name, string kind, string path) => Assert.Equal((kind, path), FileKind.Split(name));

    private static Krb5Config Config(bool filled) => filled ? s_config : Krb5Config.Empty;

    private static Func<string, string?> Only(string variable, string? value) => name => name == variable ? value : null;
}
