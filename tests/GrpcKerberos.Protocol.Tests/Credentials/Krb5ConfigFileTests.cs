using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public sealed class Krb5ConfigFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_IncludedFile_IsReadByItselfInItsPlace()
    {
        var second = _directory.Write("second.conf", "[libdefaults]\ndefault_realm = SECOND\ndefault_keytab_name = /second");
        var first = _directory.Write("first.conf", $"[libdefaults]\ninclude {second}\ndefault_realm = FIRST\ndefault_ccache_name = /first");

        var config = Load(first);

        Assert.Equal(("SECOND", "/second", "/first"), (config.DefaultRealm, config.DefaultKeytabName, config.DefaultCredentialCacheName));
        Assert.Equal([first, second], config.Files);
    }

    [Fact]
    public void Load_IncludedDirectory_IsReadInOrderWithoutLeftovers()
    {
        foreach (var name in (string[])["b-2_X", "a.conf", "ignored.rpmsave", "ignored~", ".ignored.conf", "below/c.conf"])
            _directory.Write(Path.Combine("d", name), $"[realms]\nR = {{\nkdc = {Path.GetFileName(name).Trim('.', '~').Replace('_', '-')}\n}}");

        var config = Load(_directory.Write("krb5.conf", $"includedir {_directory.PathOf("d")}"));

        Assert.Equal(["a.conf", "b-2-X"], config.KdcsOf("R").Select(k => k.Host));
    }

    [Theory]
    [InlineData("include", "goes round in a circle")]
    [InlineData("includedir", "goes round in a circle")]
    public void Load_FileThatIncludesItself_IsRefused(string directive, string reason)
    {
        for (var i = 0; i < 20; i++) _directory.Write($"{i}.conf", $"{directive} {_directory.PathOf(directive == "include" ? $"{i}.conf" : "")}");

        Assert.Contains(reason, Refused(() => Load(_directory.PathOf("0.conf"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("include /nonexistent/a.conf", "/nonexistent/a.conf does not exist")]
    [InlineData("includedir /nonexistent", "/nonexistent does not exist")]
    [InlineData("include /", "it is a directory")]
    public void Load_IncludeOfWhatIsNotThere_IsRefusedWithItsLine(string line, string reason)
    {
        var path = _directory.Write("krb5.conf", "[libdefaults]\n" + line);

        var message = Refused(() => Load(path));

        Assert.StartsWith($"{path}:2: \"{line}\" cannot be read: {reason}. Next: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FilesOfTheVariable_TheFirstOneWinsAndAMissingOneIsEmpty()
    {
        var first = _directory.Write("first.conf", "[libdefaults]\ndefault_realm = FIRST");
        var second = _directory.Write("second.conf", "[libdefaults]\ndefault_realm = SECOND\ndefault_keytab_name = /second");
        var list = string.Join(Path.PathSeparator, _directory.PathOf("missing"), first, second);

        var config = Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? list : null);

        Assert.Equal(("FIRST", "/second"), (config.DefaultRealm, config.DefaultKeytabName));
        Assert.Empty(Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? _directory.PathOf("missing") : null).Files);
    }

    [Theory]
    [InlineData("[realms]*\nR = {\nkdc = first\n}", "first")]
    [InlineData("[realms]\nR* = {\nkdc = first\n}", "first")]
    [InlineData("[realms]\nR = {\nkdc = first\n}*", "first")]
    [InlineData("[realms]\nR = {\nkdc* = first\n}", "first")]
    [InlineData("[realms]\nR = {\nkdc = first\n}", "first second")]
    [InlineData("[realms]\nQ* = {\nkdc = q\n}\nR = {\nkdc = first\n}", "first second")]
    [InlineData("[realms]\nR = {\nadmin_server* = x\nkdc = first\n}", "first second")]
    [InlineData("[realms]*\n[realms]\nR = {\nkdc = first\n}", "first")] // within one file final changes nothing
    public void Load_FinalInAFileOfTheVariable_LaterFilesHaveNoSay(string text, string expected)
    {
        var first = _directory.Write("first.conf", text);
        var second = _directory.Write("second.conf", "[realms]\nR = {\nkdc = second\n}");
        var list = string.Join(Path.PathSeparator, first, second);

        Assert.Equal(expected.Split(' '), Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? list : null).KdcsOf("R").Select(k => k.Host));
    }

    [Fact]
    public void Load_FinalInAnIncludedFile_TheListsLaterFilesHaveNoSay()
    {
        var included = _directory.Write("included.conf", "[realms]*\nR = {\nkdc = included\n}");
        var first = _directory.Write("first.conf", $"include {included}\n[realms]\nR = {{\nkdc = first\n}}");
        var second = _directory.Write("second.conf", "[realms]\nR = {\nkdc = second\n}");
        var list = string.Join(Path.PathSeparator, first, second);

        Assert.Equal(["included", "first"], Krb5Config.Load(null, name => name == "KRB5_CONFIG" ? list : null).KdcsOf("R").Select(k => k.Host));
    }

    [Fact]
    public void Load_ProfileModule_IsPassedOver() =>
        Assert.Equal("R", Load(_directory.Write("krb5.conf", "module /lib/x.so:y\n[libdefaults]\ndefault_realm = R")).DefaultRealm);

    [Fact]
    public void Load_FileOfTheOption_WinsOverTheVariableAndMustExist()
    {
        var path = _directory.Write("krb5.conf", "[libdefaults]\ndefault_realm = OPTION");

        Assert.Equal("OPTION", Krb5Config.Load(path, _ => "/nonexistent").DefaultRealm);
        Assert.Equal("/nonexistent (from Krb5Config) does not exist. Next: mount it there or correct the setting.", Refused(() => Load("/nonexistent")));
    }

    [Fact]
    public void Resolve_NothingSet_IsTheSystemsFile()
    {
        if (OperatingSystem.IsWindows()) return;

        Assert.Equal(["/etc/krb5.conf"], Krb5ConfigLocation.Resolve(null, _ => null));
    }

    [Fact]
    public void Load_ByteOrderMarkAndWindowsLines_AreRead() =>
        Assert.Equal("R", Load(_directory.Write("krb5.conf", "\uFEFF[libdefaults]\r\ndefault_realm = R\r\n")).DefaultRealm);

    [UnprivilegedFact]
    public void Load_FileThatMayNotBeRead_IsRefusedNotEmpty()
    {
        if (OperatingSystem.IsWindows()) return;
        var path = _directory.Write("krb5.conf", "[libdefaults]");
        Assert.Equal([path], Load(path).Files);
        File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.StartsWith($"{path} cannot be read: access is denied to uid ", Refused(() => Load(path)), StringComparison.Ordinal);
    }

    private static Krb5Config Load(string path) => Krb5Config.Load(path, _ => null);

    private static string Refused(Func<Krb5Config> load)
    {
        var exception = Assert.Throws<KerberosException>(load);
        Assert.Equal(KerberosError.ConfigurationInvalid, exception.Error);
        return exception.Message;
    }
}
