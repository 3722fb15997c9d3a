using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class StartupTests : IDisposable
{
    private const string Section = "Authentication:Schemes:Kerberos";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("grpc-kerberos-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Start_AllSettings_AreReadFromConfiguration()
    {
        var options = await StartAsync(
            ("Keytab", WriteKeytab(TestServerApp.Service)),
            ("Krb5Config", Write("krb5.conf", "[libdefaults]\n default_realm = TEST.LOCAL\n")),
            ("ServicePrincipals:0", "HTTP/orders.test"),
            ("EncryptionTypes:0", "aes256-sha2"),
            ("EncryptionTypes:1", "aes256-cts-hmac-sha1-96"),
            ("maxclockskew", "00:02:00"),
            ("MaxTokenBytes", "2048"),
            ("RequireAuthenticatedUser", "false"),
            ("CheckClientAddress", "true"),
            ("Realms:0", "TEST.LOCAL"),
            ("UnsafeCallsOnTokenAlone", "true"),
            ("StrictStart", "true"),
            ("Roles:operators:0", "svc/*@TEST.LOCAL"),
            ("ClaimsIssuer", "issuer"),
            ("ForwardSignIn", "Kerberos"));

        Assert.Equal(["HTTP/orders.test"], options.ServicePrincipals);
        Assert.Equal(["aes256-sha2", "aes256-cts-hmac-sha1-96"], options.EncryptionTypes);
        Assert.Equal((TimeSpan.FromMinutes(2), 2048), (options.MaxClockSkew, options.MaxTokenBytes));
        Assert.Equal((false, true, true, true), (options.RequireAuthenticatedUser, options.CheckClientAddress, options.UnsafeCallsOnTokenAlone, options.StrictStart));
        Assert.Equal(["TEST.LOCAL"], options.Realms);
        Assert.Equal(["svc/*@TEST.LOCAL"], options.Roles["operators"]);
        Assert.Equal(("issuer", "Kerberos"), (options.ClaimsIssuer, options.ForwardSignIn));
    }

    [Theory]
    [InlineData("Keytabb", "x", ":Keytabb is no setting. Next: did you mean Keytab?")]
    [InlineData("loadKeytab", "x", ":loadKeytab is set in code alone. Next: AddKerberos(o => o.LoadKeytab …).")]
    [InlineData("RequireAuthenticateUser", "x", ":RequireAuthenticateUser is no setting. Next: did you mean RequireAuthenticatedUser?")]
    [InlineData("MaxClockSkew", "-00:02:00", ":MaxClockSkew is -00:02:00. Next: 1 s to 10 min (00:00:01 to 00:10:00).")]
    [InlineData("MaxClockSkew", "00:10:01", ":MaxClockSkew is 00:10:01. Next: 1 s to 10 min (00:00:01 to 00:10:00).")]
    [InlineData("MaxClockSkew", "soon", ":MaxClockSkew is \"soon\". Next: write hours:minutes:seconds, 00:05:00 for one.")]
    [InlineData("MaxTokenBytes", "65536", ":MaxTokenBytes is 65536. Next: 1024 to 65535.")]
    [InlineData("MaxTokenBytes", "1023", ":MaxTokenBytes is 1023. Next: 1024 to 65535.")]
    [InlineData("MaxTokenBytes", "64K", ":MaxTokenBytes is \"64K\". Next: write a whole number.")]
    [InlineData("StrictStart", "yes", ":StrictStart is \"yes\". Next: write true or false.")]
    [InlineData("StrictStart:0", "true", ":StrictStart is a list or a section, not one value. Next: write one value.")]
    [InlineData("ServicePrincipals", "HTTP/a", ":ServicePrincipals is one value, not a list. Next: write [ \"value\" ], or in the environment a name that ends in __0.")]
    [InlineData("ServicePrincipals:0", "a//b", ":ServicePrincipals has \"a//b\", which is no principal. Next: write it as service/host or service/host@REALM.")]
    [InlineData("ServicePrincipals:0", "HTTP/none.test", ":Keytab: Keytab {keytab} has no key for HTTP/none.test; it has HTTP/orders.test@TEST.LOCAL. Next: set ServicePrincipals to names it holds, or export it again.")]
    [InlineData("ServicePrincipals:0", "HTTP/orders.test@OTHER", ":Keytab: Keytab {keytab} has no key for HTTP/orders.test@OTHER; it has HTTP/orders.test@TEST.LOCAL. Next: set ServicePrincipals to names it holds, or export it again.")]
    [InlineData("EncryptionTypes:0", "des3", ":EncryptionTypes has \"des3\", which is no encryption type. Next: use MIT's names, aes256-cts-hmac-sha1-96 for one.")]
    [InlineData("EncryptionTypes:0", "rc4-hmac", ":EncryptionTypes has arcfour-hmac, which is not built in. Next: take it out, and give the accounts AES keys; the package GrpcKerberos.BouncyCastle has it, as a provider for EncryptionTypeProviders.")]
    [InlineData("Roles:operators:0", "s-1-5-21-1-2-3-4", ":Roles:operators has \"s-1-5-21-1-2-3-4\", which is neither a SID nor a principal pattern. Next: write it as S-1-5-21-…, name@REALM or service/*@REALM.")]
    [InlineData("RequirePac", "yes", ":RequirePac is \"yes\". Next: write true or false.")]
    [InlineData("Roles", "operators", ":Roles is one value, not names with a list each. Next: write { \"name\": [ \"value\" ] }.")]
    [InlineData("Realms:0", " ", ":Realms has an empty name. Next: take it out.")]
    [InlineData("Realms:0", "A B", ":Realms has \"A B\", which is no realm. Next: write it as CORP.EXAMPLE.")]
    [InlineData("Realms", "TEST.LOCAL", ":Realms is one value, not a list. Next:")]
    [InlineData("EncryptionTypes", "aes", ":EncryptionTypes is one value, not a list. Next:")]
    [InlineData("ChannelBindingCertificates", "/a.pem", ":ChannelBindingCertificates is one value, not a list. Next:")]
    [InlineData("ChannelBindingCertificates:0", "/nowhere/a.pem", ":ChannelBindingCertificates: /nowhere/a.pem does not exist. "
        + "Next: correct the path, or mount the file.")]
    [InlineData("ChannelBinding", "Always", ":ChannelBinding is \"Always\". Next: write one of Ignore, WhenSent, Require.")]
    [InlineData("ChannelBinding", "2", ":ChannelBinding is \"2\". Next: write one of Ignore, WhenSent, Require.")]
    [InlineData("SessionPortability", "None", ":SessionPortability is \"None\". Next: write one of Auto, Portable, ServerBound.")]
    [InlineData("ExpiredStreams", "Stop", ":ExpiredStreams is \"Stop\". Next: write one of End, Keep.")]
    [InlineData("RequireAuthenticatedUser", "1", ":RequireAuthenticatedUser is \"1\". Next: write true or false.")]
    [InlineData("CheckClientAddress", "", ":CheckClientAddress is \"\". Next: write true or false.")]
    [InlineData("AcceptNegotiate", "on", ":AcceptNegotiate is \"on\". Next: write true or false.")]
    [InlineData("UnsafeCallsOnTokenAlone", "y", ":UnsafeCallsOnTokenAlone is \"y\". Next: write true or false.")]
    [InlineData("MaxSessions", "999", ":MaxSessions is 999. Next: 1000 or more.")]
    [InlineData("MaxSessions", "-1", ":MaxSessions is -1. Next: 1000 or more.")]
    [InlineData("MaxSessionLifetime", "00:00:59", ":MaxSessionLifetime is 00:00:59. Next: 1 min to 7 days (00:01:00 to 7.00:00:00).")]
    [InlineData("MaxSessionLifetime", "7.00:00:01", ":MaxSessionLifetime is 7.00:00:01. Next: 1 min to 7 days (00:01:00 to 7.00:00:00).")]
    [InlineData("Keytab:0", "/a", ":Keytab is a list or a section, not one value. Next: write one value.")]
    [InlineData("ClaimsIssuer:0", "x", ":ClaimsIssuer is a list or a section, not one value. Next: write one value.")]
    [InlineData("ForwardDefault:0", "x", ":ForwardDefault is a list or a section, not one value. Next: write one value.")]
    [InlineData("events", "x", ":events is set in code alone. Next: AddKerberos(o => o.Events …).")]
    [InlineData("TimeProvider", "x", ":TimeProvider is set in code alone. Next: AddKerberos(o => o.TimeProvider …).")]
    [InlineData("EncryptionTypeProviders:0", "x", ":EncryptionTypeProviders is set in code alone. Next: AddKerberos(o => o.EncryptionTypeProviders …).")]
    [InlineData("ForwardDefault", "Nobody", ":ForwardDefault is \"Nobody\", and there is no such scheme. "
        + "Next: add it beside AddKerberos, or correct the name.")]
    [InlineData("ForwardAuthenticate", "Nobody", ":ForwardAuthenticate is \"Nobody\", and there is no such scheme. Next:")]
    [InlineData("ForwardChallenge", "Nobody", ":ForwardChallenge is \"Nobody\", and there is no such scheme. Next:")]
    [InlineData("ForwardForbid", "Nobody", ":ForwardForbid is \"Nobody\", and there is no such scheme. Next:")]
    [InlineData("ForwardSignIn", "Nobody", ":ForwardSignIn is \"Nobody\", and there is no such scheme. Next:")]
    [InlineData("ForwardSignOut", "Nobody", ":ForwardSignOut is \"Nobody\", and there is no such scheme. Next:")]
    [InlineData("Krb5Config", "", ":Krb5Config is empty. Next: name a file, or leave it out.")]
    [InlineData("Krb5Config", "/nowhere/krb5.conf", ":Krb5Config: /nowhere/krb5.conf (from Krb5Config) does not exist. Next: mount it there or correct the setting.")]
    public async Task Start_WrongSetting_StopsAndSaysHowToMendIt(string key, string value, string text)
    {
        var keytab = WriteKeytab(TestServerApp.Service);
        await StartAsync(("Keytab", keytab));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Keytab", keytab), (key, value)));

        Assert.Contains(" Next: ", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith(Section + text.Replace("{keytab}", keytab, StringComparison.Ordinal), Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<KerberosAuthenticationOptions>> WrongInCode => new()
    {
        { "Keytab is empty. Next: name a file, or leave it out.", static o => o.Keytab = "" },
        { "MaxClockSkew is 00:00:00. Next: 1 s to 10 min (00:00:01 to 00:10:00).", static o => o.MaxClockSkew = TimeSpan.Zero },
        { "MaxTokenBytes is 1. Next: 1024 to 65535.", static o => o.MaxTokenBytes = 1 },
        { "MaxSessions is 1. Next: 1000 or more.", static o => o.MaxSessions = 1 },
        { "MaxSessionLifetime is 00:00:01. Next: 1 min to 7 days (00:01:00 to 7.00:00:00).", static o => o.MaxSessionLifetime = TimeSpan.FromSeconds(1) },
        { "SessionPortability is 7. Next: one of Auto, Portable, ServerBound.", static o => o.SessionPortability = (SessionPortability)7 },
        { "ChannelBinding is 7. Next: one of Ignore, WhenSent, Require.", static o => o.ChannelBinding = (ChannelBindingPolicy)7 },
        { "ExpiredStreams is 7. Next: one of End, Keep.", static o => o.ExpiredStreams = (ExpiredStreamPolicy)7 },
        { "ServicePrincipals has \"a//b\", which is no principal. "
            + "Next: write it as service/host or service/host@REALM.", static o => o.ServicePrincipals.Add("a//b") },
        { "Realms has \"A/B\", which is no realm. Next: write it as CORP.EXAMPLE.", static o => o.Realms.Add("A/B") },
        { "EncryptionTypes has \"rot13\", which is no encryption type. "
            + "Next: use MIT's names, aes256-cts-hmac-sha1-96 for one.", static o => o.EncryptionTypes.Add("rot13") },
        { "Roles:a has \"?\", which is neither a SID nor a principal pattern. "
            + "Next: write it as S-1-5-21-…, name@REALM or service/*@REALM.", static o => o.Roles["a"] = ["?"] },
        { "EventsType is String, which is no KerberosEvents. Next: derive it from KerberosEvents.", static o => o.EventsType = typeof(string) },
        { "EventsType is OwnEvents, which is no service. "
            + "Next: services.AddSingleton<OwnEvents>(), or AddScoped.", static o => o.EventsType = typeof(OwnEvents) },
        { "Krb5Config: /nowhere/krb5.conf (from Krb5Config) does not exist. "
            + "Next: mount it there or correct the setting.", static o => o.Krb5Config = "/nowhere/krb5.conf" },
    };

    [Theory, MemberData(nameof(WrongInCode))]
    public async Task Start_WrongInCode_NamesThePropertyAndTheScheme(string text, Action<KerberosAuthenticationOptions> change)
    {
        var keytab = WriteKeytab(TestServerApp.Service);
        await StartAsync([], o => o.Keytab = keytab);

        Assert.Equal([$"KerberosAuthenticationOptions.{text}"], await FailuresAsync(b => b.AddKerberos(Changed)));
        var (name, rest) = (text[..text.AsSpan().IndexOfAny(" :")], text[text.AsSpan().IndexOfAny(" :")..]);
        Assert.Equal([$"KerberosAuthenticationOptions.{name} of scheme Internal{rest}"], await FailuresAsync(b => b.AddKerberos("Internal", Changed)));

        void Changed(KerberosAuthenticationOptions options)
        {
            options.Keytab = keytab;
            change(options);
        }

        static async Task<IEnumerable<string>> FailuresAsync(Action<Microsoft.AspNetCore.Authentication.AuthenticationBuilder> add)
        {
            await using var app = Build([], add);
            return (await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync())).Failures;
        }
    }

    [Fact]
    public async Task Start_KeytabOfAVaultWithoutKeys_NamesLoadKeytab()
    {
        var empty = KeytabFile.Write(new TestKeys().Keytab);

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync([], o => o.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(empty)));

        Assert.Equal(["KerberosAuthenticationOptions.LoadKeytab: Keytab of LoadKeytab holds no key. Next: export it again."], failure.Failures);
    }

    /// <summary>Whatever the options have is either bound or said to be set in code alone.</summary>
    [Fact]
    public async Task Start_EveryPropertyIsKnown()
    {
        foreach (var property in typeof(KerberosAuthenticationOptions).GetProperties().Select(static p => p.Name).Distinct().Except(["EventsType", "ForwardDefaultSelector"]))
        {
            var failure = await Record.ExceptionAsync(() => StartAsync((property, "?")));
            Assert.DoesNotContain("is no setting", failure?.Message ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_TwoSchemes_EachWithItsOwnKeytab()
    {
        await using var app = Build(
            [
                ("Authentication:Schemes:Kerberos:Keytab", WriteKeytab(TestServerApp.Service)),
                ("Authentication:Schemes:Internal:Keytab", WriteKeytab("HTTP/internal.test@TEST.LOCAL")),
                ("Authentication:Schemes:Internal:RequirePac", "true"),
            ],
            static b => b.AddKerberos().AddKerberos("Internal"));
        await app.StartAsync();

        var options = app.Services.GetRequiredService<IOptionsMonitor<KerberosAuthenticationOptions>>();
        Assert.Equal((false, true), (options.Get("Kerberos").RequirePac, options.Get("Internal").RequirePac));
        Assert.NotEqual(options.Get("Kerberos").Keytab, options.Get("Internal").Keytab);
    }

    [Fact]
    public async Task Start_NoKeytab_NamesPathAndMend() =>
        await AssertFailsAsync("/nowhere/a.keytab", "Keytab /nowhere/a.keytab does not exist. Next: mount it there or correct the setting.");

    [Fact]
    public async Task Start_DamagedKeytab_NamesOctet()
    {
        var path = Write("a.keytab", "not a keytab");
        await AssertFailsAsync(path, $"Keytab {path} is damaged at octet 0: it begins with neither 0x0501 nor 0x0502, so it is no keytab. Next: export it again.");
    }

    [Fact]
    public async Task Start_EmptyKeytab_SaysSo()
    {
        var path = WriteKeytab(new TestKeys());
        await AssertFailsAsync(path, $"Keytab {path} holds no key. Next: export it again.");
    }

    [Fact]
    public async Task Start_AllKeysOfRefusedTypes_NamesThem()
    {
        var path = WriteKeytab(new TestKeys().Add(TestServerApp.Service, 1, EncryptionType.Aes128CtsHmacSha1));
        await StartAsync(("Keytab", path));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Keytab", path), ("EncryptionTypes:0", "aes256-sha2")));

        Assert.Equal(
            [$"{Section}:Keytab: Keytab {path}: all keys are aes128-cts-hmac-sha1-96 (17), which is off. Next: give the account AES keys and export again."],
            failure.Failures);
    }

    [Fact]
    public async Task Start_Krb5ConfPermitsOneType_OthersAreOff()
    {
        var conf = Write("krb5.conf", "[libdefaults]\n permitted_enctypes = aes128-cts-hmac-sha1-96\n");
        var path = WriteKeytab(new TestKeys().Add(TestServerApp.Service, 1, EncryptionType.Aes256CtsHmacSha1));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Keytab", path), ("Krb5Config", conf)));

        Assert.Equal(
            [$"{Section}:Keytab: Keytab {path}: all keys are aes256-cts-hmac-sha1-96 (18), which is off. Next: give the account AES keys and export again."],
            failure.Failures);
    }

    [Fact]
    public async Task Start_KeytabNameFromKrb5Conf_IsNamedWithItsSetting()
    {
        var conf = Write("krb5.conf", "[libdefaults]\n default_keytab_name = FILE:/nowhere/b.keytab\n");

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Krb5Config", conf)));

        Assert.Equal([$"{Section}:Keytab: Keytab /nowhere/b.keytab (from default_keytab_name) does not exist. Next: mount it there or correct the setting."], failure.Failures);
    }

    [Fact]
    public async Task Start_SeveralProblems_AreToldAtOnce()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Keytabb", "x"), ("StrictStart", "x")));

        Assert.Equal(2, failure.Failures.Count());
    }

    [Fact]
    public async Task Start_KeytabAndLoadKeytab_KeepOne()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            [("Keytab", "/a")], o => o.LoadKeytab = static _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(Array.Empty<byte>())));

        Assert.Equal([$"{Section}:Keytab and LoadKeytab are both set. Next: keep one."], failure.Failures);
    }

    [Fact]
    public async Task Start_CodeComesAfterConfiguration()
    {
        var options = await StartAsync(
            [("Keytab", "/nowhere"), ("MaxTokenBytes", "2048")], o => o.Keytab = WriteKeytab(TestServerApp.Service));

        Assert.Equal(2048, options.MaxTokenBytes);
    }

    [Fact]
    public async Task Start_NamedScheme_ReadsItsOwnSection()
    {
        await using var app = Build([($"Authentication:Schemes:Internal:Keytabb", "x")], static b => b.AddKerberos("Internal"));

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());

        Assert.Equal(["Authentication:Schemes:Internal:Keytabb is no setting. Next: did you mean Keytab?"], failure.Failures);
    }

    private static async Task AssertFailsAsync(string path, string text)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Keytab", path)));
        Assert.Equal([$"{Section}:Keytab: {text}"], failure.Failures);
    }

    private static Task<KerberosAuthenticationOptions> StartAsync(params (string Key, string Value)[] settings) => StartAsync(settings, static _ => { });

    private static async Task<KerberosAuthenticationOptions> StartAsync((string Key, string Value)[] settings, Action<KerberosAuthenticationOptions> configure)
    {
        await using var app = Build([.. settings.Select(static s => ($"{Section}:{s.Key}", s.Value))], b => b.AddKerberos(configure));
        await app.StartAsync();
        return app.Services.GetRequiredService<IOptionsMonitor<KerberosAuthenticationOptions>>().Get("Kerberos");
    }

    private static WebApplication Build((string Key, string Value)[] settings, Action<Microsoft.AspNetCore.Authentication.AuthenticationBuilder> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings.Select(static s => KeyValuePair.Create<string, string?>(s.Key, s.Value)));
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        add(builder.Services.AddAuthentication());
        return builder.Build();
    }

    private sealed class OwnEvents : KerberosEvents;

    private string WriteKeytab(string principal) => WriteKeytab(new TestKeys().Add(principal));

    private string WriteKeytab(TestKeys keys)
    {
        var path = Path.Combine(_directory.FullName, Guid.NewGuid().ToString("N") + ".keytab");
        File.WriteAllBytes(path, KeytabFile.Write(keys.Keytab));
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
