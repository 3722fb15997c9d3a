using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>Options by code and by configuration: one good base, one change each.</summary>
public class ClientOptionsTests
{
    public static TheoryData<string, string, Action<KerberosClientOptions>> Wrong => new()
    {
        { "principal", "KerberosClientOptions.Principal \"a@\" is no principal. Next:", static o => o.Principal = "a@" },
        { "service", "KerberosClientOptions.ServicePrincipal \"\" is no principal. Next:", static o => o.ServicePrincipal = "" },
        { "mark", "KerberosClientOptions.ServicePrincipal \"HTTP/{Host}\" has a mark in braces that is not {host}. Next:", static o => o.ServicePrincipal = "HTTP/{Host}" },
        { "realm", "KerberosClientOptions.Realm \"A B\" is no realm. Next:", static o => o.Realm = "A B" },
        { "two sources", "KerberosClientOptions.Keytab and CredentialCache are set together. Next: keep one of them.", static o => o.CredentialCache = "FILE:/tmp/x" },
        { "armour of nobody's login", "KerberosClientOptions.ArmorCredentialCache is set with CredentialCache, where nobody logs in. Next:", static o => (o.Keytab, o.CredentialCache, o.ArmorCredentialCache) = (null, "FILE:/tmp/x", "FILE:/tmp/y") },
        { "empty armour", "KerberosClientOptions.ArmorCredentialCache is empty. Next:", static o => o.ArmorCredentialCache = "" },
        { "code and file", "KerberosClientOptions.Keytab and LoadKeytab are set together. Next: keep one of them.", static o => o.LoadKeytab = static _ => default },
        { "empty keytab", "KerberosClientOptions.Keytab is empty. Next:", static o => o.Keytab = "" },
        { "kdcs alone", "KerberosClientOptions.Kdcs is set without Realm. Next:", static o => o.Realm = null },
        { "kdc", "KerberosClientOptions.Kdcs: \"a:b:c\" is no host. Next:", static o => o.Kdcs.Add("a:b:c") },
        { "small header", "KerberosClientOptions.MaxHeaderTokenBytes is 1023. Next: 1024 to 24000.", static o => o.MaxHeaderTokenBytes = 1023 },
        { "large header", "KerberosClientOptions.MaxHeaderTokenBytes is 24001. Next: 1024 to 24000.", static o => o.MaxHeaderTokenBytes = 24001 },
        { "hasty", "KerberosClientOptions.KdcTimeout is 00:00:00.9990000. Next: 1 s to 2 min", static o => o.KdcTimeout = TimeSpan.FromMilliseconds(999) },
        { "patient", "KerberosClientOptions.KdcTimeout is 00:02:01. Next: 1 s to 2 min", static o => o.KdcTimeout = TimeSpan.FromSeconds(121) },
        { "format", "KerberosClientOptions.TokenFormat is 7. Next: ApReq, Gss or Spnego.", static o => o.TokenFormat = (KerberosTokenFormat)7 },
        { "foreign and bound", "KerberosClientOptions.RequireServerBoundSessions is set with TokenFormat Spnego, ", static o => (o.TokenFormat, o.RequireServerBoundSessions) = (KerberosTokenFormat.Spnego, true) },
        { "etype", "KerberosClientOptions.EncryptionTypes: \"rot13\" is no encryption type. Next:", static o => o.EncryptionTypes.Add("rot13") },
        { "package", "KerberosClientOptions.EncryptionTypes: .NET has no primitives for arcfour-hmac. Next: use AES; the package GrpcKerberos.BouncyCastle", static o => o.EncryptionTypes.Add("rc4-hmac") },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void Options_OneThingWrong_IsNamed(string what, string text, Action<KerberosClientOptions> change)
    {
        Assert.NotEmpty(what);
        var options = Good();
        Assert.Empty(ClientOptionsRules.Problems(options));
        using var made = new KerberosClientInterceptor(options);
        change(options);
        var failure = Assert.Throws<KerberosException>(() => new KerberosClientInterceptor(options));
        Assert.Equal(KerberosError.ConfigurationInvalid, failure.Error);
        Assert.StartsWith(text, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.NewLine, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<KerberosClientOptions>> WrongWithTheSystemsLogin => new()
    {
        { "KerberosClientOptions.Keytab and UseDefaultCredentials are set together. Next: keep one of them.", static o => o.Keytab = "/run/a.keytab" },
        { "KerberosClientOptions.CredentialCache and UseDefaultCredentials are set together. Next: keep one of them.", static o => o.CredentialCache = "FILE:/tmp/x" },
        { "KerberosClientOptions.LoadKeytab and UseDefaultCredentials are set together. Next: keep one of them.", static o => o.LoadKeytab = static _ => default },
        { "KerberosClientOptions.Principal cannot be set with UseDefaultCredentials, ", static o => o.Principal = "alice@CORP.EXAMPLE" },
        { "KerberosClientOptions.ArmorCredentialCache cannot be set with UseDefaultCredentials, ", static o => o.ArmorCredentialCache = "FILE:/tmp/x" },
        { "KerberosClientOptions.Realm cannot be set with UseDefaultCredentials, ", static o => o.Realm = "CORP.EXAMPLE" },
        { "KerberosClientOptions.Krb5Config cannot be set with UseDefaultCredentials, ", static o => o.Krb5Config = "/etc/krb5.conf" },
        { "KerberosClientOptions.EncryptionTypes cannot be set with UseDefaultCredentials, ", static o => o.EncryptionTypes.Add("aes256-cts") },
        { "KerberosClientOptions.RequireServerBoundSessions cannot be set with UseDefaultCredentials, ", static o => o.RequireServerBoundSessions = true },
        { "KerberosClientOptions.TokenFormat cannot be set with UseDefaultCredentials, ", static o => o.TokenFormat = KerberosTokenFormat.Gss },
        { "KerberosClientOptions.ChannelBinding cannot be set with UseDefaultCredentials, ", static o => o.ChannelBinding = ChannelBindingSource.From(ScriptedServer.OtherCertificate) },
        { "KerberosClientOptions.RequireMutualAuthentication is false with UseDefaultCredentials, ", static o => o.RequireMutualAuthentication = false },
        { "KerberosClientOptions.ServicePrincipal \"HTTP/{host}@CORP.EXAMPLE\" names a realm, ", static o => o.ServicePrincipal = "HTTP/{host}@CORP.EXAMPLE" },
    };

    [Theory, MemberData(nameof(WrongWithTheSystemsLogin))]
    public void Options_WithTheSystemsLogin_NothingThatItWouldIgnore(string text, Action<KerberosClientOptions> change)
    {
        var options = new KerberosClientOptions { UseDefaultCredentials = true };
        Assert.Empty(ClientOptionsRules.Problems(options));
        change(options);
        Assert.StartsWith(text, Assert.Single(ClientOptionsRules.Problems(options)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tickets_OfTheSystemsLogin_AreNotToBeHad()
    {
        using var made = new KerberosClientInterceptor(new KerberosClientOptions { UseDefaultCredentials = true });
        var failure = await Assert.ThrowsAsync<KerberosException>(() => made.GetTicketAsync("HTTP/orders"));
        Assert.StartsWith("With UseDefaultCredentials the operating system keeps its tickets to itself.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ByDefault_AreGood()
    {
        using var made = new KerberosClientInterceptor(new KerberosClientOptions());
    }

    [Fact]
    public void Configuration_AllKeys_AreBound()
    {
        var options = Bound(
            ("Principal", "svc@CORP.EXAMPLE"), ("keytab", "/run/a.keytab"), ("Realm", "CORP.EXAMPLE"), ("Kdcs:0", "dc1"), ("Kdcs:1", "dc2:88"),
            ("Krb5Config", "/etc/krb5.conf"), ("ServicePrincipal", "orders/{host}"), ("RequireMutualAuthentication", "false"),
            ("RequireServerBoundSessions", "true"), ("EstablishFirst", "true"),
            ("MaxHeaderTokenBytes", "2048"), ("KdcTimeout", "00:00:05"), ("EncryptionTypes:0", "aes256-cts"));
        Assert.Equal("svc@CORP.EXAMPLE", options.Principal);
        Assert.Equal("/run/a.keytab", options.Keytab);
        Assert.Equal("CORP.EXAMPLE", options.Realm);
        Assert.Equal(["dc1", "dc2:88"], options.Kdcs);
        Assert.Equal("/etc/krb5.conf", options.Krb5Config);
        Assert.Equal("orders/{host}", options.ServicePrincipal);
        Assert.False(options.RequireMutualAuthentication);
        Assert.True(options.RequireServerBoundSessions);
        Assert.True(options.EstablishFirst);
        Assert.Equal(2048, options.MaxHeaderTokenBytes);
        Assert.Equal(TimeSpan.FromSeconds(5), options.KdcTimeout);
        Assert.Equal(["aes256-cts"], options.EncryptionTypes);
        Assert.True(Bound(("UseDefaultCredentials", "true")).UseDefaultCredentials);
        Assert.Equal(KerberosTokenFormat.Spnego, Bound(("TokenFormat", "spnego")).TokenFormat);
        Assert.Equal("FILE:/tmp/x", Bound(("CredentialCache", "FILE:/tmp/x")).CredentialCache);
        Assert.Equal("FILE:/tmp/x", Bound(("ArmorCredentialCache", "FILE:/tmp/x")).ArmorCredentialCache);
    }

    [Theory]
    [InlineData("Keytabb", "x", "Kerberos:Keytabb is no setting. Next: did you mean Keytab?")]
    [InlineData("requiremutual", "x", "Kerberos:requiremutual is no setting. Next: take it out; there are Principal, ")]
    [InlineData("RequireMutualAuthentication", "nein", "Kerberos:RequireMutualAuthentication is \"nein\". Next: write true or false.")]
    [InlineData("RequireServerBoundSessions", "1", "Kerberos:RequireServerBoundSessions is \"1\". Next: write true or false.")]
    [InlineData("UseDefaultCredentials", "1", "Kerberos:UseDefaultCredentials is \"1\". Next: write true or false.")]
    [InlineData("TokenFormat", "1", "Kerberos:TokenFormat is \"1\". Next: write one of ApReq, Gss, Spnego.")]
    [InlineData("channelBinding", "x", "Kerberos:channelBinding is set in code alone. Next: AddKerberosClient(o => o.ChannelBinding …).")]
    [InlineData("LoadKeytab", "x", "Kerberos:LoadKeytab is set in code alone. Next: AddKerberosClient(o => o.LoadKeytab …).")]
    [InlineData("EstablishFirst", "", "Kerberos:EstablishFirst is \"\". Next: write true or false.")]
    [InlineData("MaxHeaderTokenBytes", "5k", "Kerberos:MaxHeaderTokenBytes is \"5k\". Next: write a whole number.")]
    [InlineData("KdcTimeout", "10 s", "Kerberos:KdcTimeout is \"10 s\". Next: write hours:minutes:seconds, 00:05:00 for one.")]
    [InlineData("Kdcs", "dc1", "Kerberos:Kdcs is one value, not a list. Next: write [ \"value\" ], or in the environment a name that ends in __0.")]
    [InlineData("Realm:Name", "x", "Kerberos:Realm is a list or a section, not one value. Next: write one value.")]
    public void Configuration_WrongKeyOrValue_IsNamedWithItsPath(string key, string value, string text)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Bound((key, value)));
        Assert.StartsWith(text, Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> WrongByConfiguration => new()
    {
        { "Principal", "a@", "Kerberos:Principal \"a@\" is no principal. Next: write it as name@REALM or service/host@REALM." },
        { "Keytab", "", "Kerberos:Keytab is empty. Next: name a file, or leave it out." },
        { "CredentialCache", "", "Kerberos:CredentialCache is empty. Next: name a cache, FILE:/tmp/krb5cc_1000 for one, or leave it out." },
        { "ArmorCredentialCache", "", "Kerberos:ArmorCredentialCache is empty. Next: name a cache, FILE:/run/armor.cc for one, or leave it out." },
        { "Krb5Config", "", "Kerberos:Krb5Config is empty. Next: name a file, or leave it out." },
        { "Realm", "A B", "Kerberos:Realm \"A B\" is no realm. Next: write it as CORP.EXAMPLE, or leave it out for krb5.conf's." },
        { "Kdcs:0", "dc1", "Kerberos:Kdcs is set without Realm. Next: set Realm to the realm they serve." },
        { "ServicePrincipal", "", "Kerberos:ServicePrincipal \"\" is no principal. Next: write it as HTTP/{host} or HTTP/orders.corp.example@REALM." },
        { "MaxHeaderTokenBytes", "1023", "Kerberos:MaxHeaderTokenBytes is 1023. Next: 1024 to 24000." },
        { "KdcTimeout", "00:02:01", "Kerberos:KdcTimeout is 00:02:01. Next: 1 s to 2 min (00:00:01 to 00:02:00)." },
        { "EncryptionTypes:0", "rot13", "Kerberos:EncryptionTypes: \"rot13\" is no encryption type. Next: use MIT's names, aes256-cts-hmac-sha1-96 for one." },
    };

    [Theory, MemberData(nameof(WrongByConfiguration))]
    public void Configuration_WrongOption_StopsTheStartAndNamesItsPath(string key, string value, string text)
    {
        using var services = new ServiceCollection().AddKerberosClient(Section((key, value))).BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal([text], failure.Failures);
    }

    /// <summary>One is set by configuration, the other by code: each is called what its owner calls it.</summary>
    [Fact]
    public void Options_OfCodeAndConfiguration_AreNamedEachByItsOwn()
    {
        using var services = new ServiceCollection()
            .AddKerberosClient("legacy", Section(("KdcTimeout", "00:10:00")))
            .AddKerberosClient("legacy", static o => o.MaxHeaderTokenBytes = 1)
            .BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            ["KerberosClientOptions.MaxHeaderTokenBytes of client legacy is 1. Next: 1024 to 24000.", "Kerberos:KdcTimeout is 00:10:00. "
                + "Next: 1 s to 2 min (00:00:01 to 00:02:00)."],
            failure.Failures);
    }

    /// <summary>Whatever the options have is either bound or said to be set in code alone.</summary>
    [Fact]
    public void Configuration_EveryPropertyIsKnown()
    {
        foreach (var property in typeof(KerberosClientOptions).GetProperties())
        {
            var failure = Record.Exception(() => Bound((property.Name, "?")));
            Assert.DoesNotContain("is no setting", failure?.Message ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Services_NamedIdentities_AreApartAndShared()
    {
        using var services = new ServiceCollection()
            .AddKerberosClient(static o => o.Keytab = "/run/a.keytab")
            .AddKerberosClient("legacy", static o => o.Keytab = "/run/b.keytab")
            .BuildServiceProvider();
        var first = services.GetRequiredService<KerberosClientInterceptor>();
        Assert.Same(first, services.GetRequiredService<KerberosClientInterceptor>());
        Assert.NotSame(first, services.GetRequiredKeyedService<KerberosClientInterceptor>("legacy"));
    }

    [Fact]
    public void Services_WrongOptions_FailTheStart()
    {
        using var services = new ServiceCollection().AddKerberosClient(static o => o.MaxHeaderTokenBytes = 1).BuildServiceProvider();
        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Equal("KerberosClientOptions.MaxHeaderTokenBytes is 1. Next: 1024 to 24000.", Assert.Single(failure.Failures));
    }

    private static KerberosClientOptions Good() => new() { Keytab = "/run/a.keytab", Realm = "CORP.EXAMPLE", Kdcs = { "dc1.corp.example:88" } };

    private static KerberosClientOptions Bound(params (string Key, string Value)[] entries)
    {
        using var services = new ServiceCollection().AddKerberosClient(Section(entries)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<KerberosClientOptions>>().Value;
    }

    private static IConfigurationSection Section(params (string Key, string Value)[] entries) =>
        new ConfigurationBuilder().AddInMemoryCollection(entries.ToDictionary(static e => $"Kerberos:{e.Key}", static e => (string?)e.Value)).Build().GetSection("Kerberos");
}
