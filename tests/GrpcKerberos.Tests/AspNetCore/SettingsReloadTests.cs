using System.Net;
using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>
/// The configuration changes while the server runs: what is safe counts from the next call on, the rest waits, and what will not do changes nothing.
/// </summary>
public sealed class SettingsReloadTests
{
    private const string Section = "Authentication:Schemes:Kerberos";

    [Fact]
    public async Task Roles_Given_CountForASessionThatIsOldToo()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings, static (_, e) => e.RequireAuthorization(static p => p.RequireRole("operators")));
        var client = app.Client();
        Assert.Equal(StatusCode.PermissionDenied, await StatusAsync(client));

        settings.Become(("Roles:operators:0", TestServerApp.Alice));

        Assert.Equal(StatusCode.OK, await StatusAsync(client));
        Assert.Equal([$"106 Warning {Section} changed: Roles count from now on"], Changes(app));
    }

    [Fact]
    public async Task Roles_Taken_EndWithTheNextCall()
    {
        var settings = new Settings(("Roles:operators:0", TestServerApp.Alice));
        await using var app = await StartAsync(settings, static (_, e) => e.RequireAuthorization(static p => p.RequireRole("operators")));
        var client = app.Client();
        Assert.Equal(StatusCode.OK, await StatusAsync(client));

        settings.Become(("Roles:operators:0", "bob@TEST.LOCAL"));

        Assert.Equal(StatusCode.PermissionDenied, await StatusAsync(client));
        Assert.Equal(1, app.Behaviour.Runs);
    }

    [Fact]
    public async Task RequireAuthenticatedUser_Off_LetsCallsWithoutAProofIn()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        Assert.Equal("TOKEN_MISSING", (await app.Client().SendAsync()).Error);

        settings.Become(("RequireAuthenticatedUser", "false"));

        Assert.Equal(StatusCode.OK, (await app.Client().SendAsync()).Status.StatusCode);
    }

    [Fact]
    public async Task RequirePac_On_EndsSessionsWithoutOne()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        var client = app.Client();
        await client.CallAsync();

        settings.Become(("RequirePac", "true"));

        Assert.Equal("SESSION_UNKNOWN", (await client.SendAsync(Known(client))).Error);
        Assert.Equal("PAC_REFUSED", (await client.SendAsync(RawClient.Value(client.Prepare()))).Error);
        settings.Become(("RequirePac", "false"));
        await client.CallAsync();
    }

    /// <summary>The sweep of that change comes before the session is kept.</summary>
    [Fact]
    public async Task RequirePac_OnWhileASessionBegins_EndsItToo()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings, options: o => o.Events.OnSessionEstablished = _ =>
        {
            settings.Become(("RequirePac", "true"));
            return Task.CompletedTask;
        });
        var client = app.Client();

        await client.SendAsync(RawClient.Value(client.Prepare()));

        Assert.Equal("SESSION_UNKNOWN", (await client.SendAsync(Known(client))).Error);
    }

    [Fact]
    public async Task Realms_Narrowed_EndsSessionsOfTheOthersAlone()
    {
        var settings = new Settings(("Realms:0", "TEST.LOCAL"), ("Realms:1", "OTHER.LOCAL"));
        await using var app = await StartAsync(settings);
        var (own, other) = (app.Client(), app.Client("bob@OTHER.LOCAL", change: static t => t.Flags |= Protocol.Registry.TicketFlags.TransitedPolicyChecked));
        await own.CallAsync();
        await other.CallAsync();

        settings.Become(("Realms:0", "TEST.LOCAL"));

        Assert.Equal("SESSION_UNKNOWN", (await other.SendAsync(Known(other))).Error);
        Assert.NotEqual(StatusCode.OK, await StatusAsync(other));
        Assert.Equal(StatusCode.OK, (await own.SendAsync(Known(own))).Status.StatusCode);
    }

    [Fact]
    public async Task CheckClientAddress_On_LooksAtEveryTicketAgain()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        var client = app.Client(change: static t => t.Addresses = [Protocol.Messages.HostAddress.From(IPAddress.Parse("192.0.2.1"))]);
        await client.CallAsync();

        settings.Become(("CheckClientAddress", "true"));

        Assert.Equal("SESSION_UNKNOWN", (await client.SendAsync(Known(client))).Error);
        Assert.Equal("ADDRESS_MISMATCH", (await client.SendAsync(RawClient.Value(client.Prepare()))).Error);
    }

    [Fact]
    public async Task AcceptNegotiateAndMaxTokenBytes_CountFromTheNextCall()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        var client = app.Client();
        Assert.Equal("TOKEN_MALFORMED", (await client.SendAsync("Negotiate YIIB")).Error);

        settings.Become(("AcceptNegotiate", "false"), ("MaxTokenBytes", "1024"));

        Assert.Equal("TOKEN_MISSING", (await client.SendAsync("Negotiate YIIB")).Error);
        Assert.Equal("TOKEN_TOO_LARGE", (await client.SendAsync("Kerberos token=" + new string('A', 2000))).Error);
        Assert.Equal([$"106 Warning {Section} changed: MaxTokenBytes, AcceptNegotiate count from now on"], Changes(app));
    }

    [Fact]
    public async Task ExpiredStreams_Keep_CountsForStreamsThatBeginLater()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        settings.Become(("ExpiredStreams", "Keep"));
        var client = app.Client();
        using var chat = client.Stub.Chat(RawClient.Headers(RawClient.Value(client.Prepare("/greeter.v1.Greeter/Chat"))));
        await chat.RequestStream.WriteAsync(new HelloRequest { Name = "a" });
        Assert.True(await chat.ResponseStream.MoveNext(default));

        app.App.Services.GetRequiredService<KerberosSessions>().End(KerberosPrincipal.Parse(TestServerApp.Alice));

        await chat.RequestStream.WriteAsync(new HelloRequest { Name = "b" });
        Assert.True(await chat.ResponseStream.MoveNext(default));
    }

    [Theory]
    [InlineData("Keytab", "/run/b.keytab")]
    [InlineData("Krb5Config", "/run/krb5.conf")]
    [InlineData("ServicePrincipals:0", "HTTP/other.test")]
    [InlineData("EncryptionTypes:0", "aes256-cts-hmac-sha1-96")]
    [InlineData("MaxClockSkew", "00:00:01")]
    [InlineData("ChannelBinding", "Require")]
    [InlineData("ChannelBindingCertificates:0", "/run/proxy.pem")]
    [InlineData("UnsafeCallsOnTokenAlone", "true")]
    [InlineData("StrictStart", "true")]
    [InlineData("SessionPortability", "ServerBound")]
    [InlineData("MaxSessions", "1000")]
    [InlineData("MaxSessionLifetime", "00:01:00")]
    [InlineData("ClaimsIssuer", "somebody")]
    [InlineData("ForwardAuthenticate", "Nobody")]
    public async Task Others_Changed_WaitForTheNextStart(string key, string value)
    {
        var same = ("RequireAuthenticatedUser", "true");
        var settings = new Settings(same);
        await using var app = await StartAsync(settings, fixedInCode: false);
        var client = app.Client();
        await client.CallAsync();

        settings.Become(same, (key, value));
        settings.Become(same, (key, value));

        await client.CallAsync();
        Assert.Equal([$"108 Warning {Section} changed: {key.Split(':')[0]} take effect at the next start"], Changes(app));
        settings.Become(same);
        Assert.Single(Changes(app));
    }

    [Theory]
    [InlineData("Keytabb", "x", "Keytabb is no setting. Next: did you mean Keytab?")]
    [InlineData("MaxTokenBytes", "1", "MaxTokenBytes is 1. Next: 1024 to 65535")]
    [InlineData("RequirePac", "no", "RequirePac is \"no\". Next: write true or false")]
    [InlineData("RequirePac", "no\nyes", "RequirePac is \"no?yes\". Next: write true or false")]
    [InlineData("Roles:operators:0", "s-1-5-21", "Roles:operators has \"s-1-5-21\", which is neither a SID nor a principal pattern. "
        + "Next: write it as S-1-5-21-…, name@REALM or service/*@REALM")]
    public async Task WrongSetting_ChangesNothingAndIsToldOnce(string key, string value, string text)
    {
        var settings = new Settings(("Realms:0", "TEST.LOCAL"));
        await using var app = await StartAsync(settings);
        var client = app.Client();
        await client.CallAsync();

        // What is right beside it does not count either: the two may belong together.
        settings.Become((key, value), ("RequireAuthenticatedUser", "false"));
        settings.Become((key, value), ("RequireAuthenticatedUser", "false"));

        await client.CallAsync();
        Assert.Equal("TOKEN_MISSING", (await client.SendAsync()).Error);
        Assert.Equal([$"107 Error {Section} changed and will not do: {Section}:{text}. The settings from before stay in use"], Changes(app));
        settings.Become(("RequireAuthenticatedUser", "false"), ("Realms:0", "TEST.LOCAL"));
        Assert.Equal(StatusCode.OK, (await client.SendAsync()).Status.StatusCode);
    }

    /// <summary>A file that is deleted, or cannot be parsed, reads as an empty one; RequirePac would be off.</summary>
    [Fact]
    public async Task SectionGone_WeakensNothing()
    {
        var settings = new Settings(("RequireAuthenticatedUser", "true"), ("RequirePac", "true"));
        await using var app = await StartAsync(settings);

        settings.Become();

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.Equal(
            [$"107 Error {Section} changed and will not do: it is empty. "
                + "Next: put it back; to go by the defaults start anew. The settings from before stay in use"], Changes(app));
    }

    [Fact]
    public async Task SectionThatCameAfterTheStart_Gone_WeakensNothing()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        settings.Become(("RequirePac", "true"));

        settings.Become();

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.StartsWith("107 ", Changes(app)[^1], StringComparison.Ordinal);
    }

    /// <summary>The environment, or another file, sets something too: the section is not empty, and RequirePac would be off all the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OneSourceOfTwoGone_WeakensNothing(bool chained)
    {
        var file = new ChangingConfiguration(($"{Section}:RequirePac", "true"));
        var environment = new ChangingConfiguration(($"{Section}:RequirePac", "false"), ($"{Section}:MaxTokenBytes", "2048"));
        var root = new ConfigurationBuilder().Add(environment).Add(file).Build();
        IConfiguration seen = chained ? new ConfigurationBuilder().AddConfiguration(root).Build() : root;
        await using var app = await StartAsync(new Settings(), services: s => s.AddSingleton(seen));

        file.Become();
        file.Become();

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.Equal(
            [
                $"107 Error {Section} changed and will not do: ChangingConfiguration says nothing of it any more. "
                + "Next: put it back; to go on without it start anew. The settings from before stay in use",
            ],
            Changes(app));
        file.Become(($"{Section}:Realms:0", "TEST.LOCAL"));
        await app.Client().CallAsync();
    }

    /// <summary>A section of another configuration does not tell what it comes from: it is one source as a whole.</summary>
    [Fact]
    public async Task ChainedSectionGone_WeakensNothing()
    {
        var file = new ChangingConfiguration(($"App:{Section}:RequirePac", "true"));
        var environment = new ChangingConfiguration(($"{Section}:MaxTokenBytes", "2048"));
        IConfiguration root = new ConfigurationBuilder().Add(environment)
            .AddConfiguration(new ConfigurationBuilder().Add(file).Build().GetSection("App")).Build();
        await using var app = await StartAsync(new Settings(), services: s => s.AddSingleton(root));

        file.Become();

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.StartsWith("107 ", Assert.Single(Changes(app)), StringComparison.Ordinal);
    }

    /// <summary>A file spoke when its change was looked at, and was emptied before it was read.</summary>
    [Fact]
    public async Task GoneWhileItIsRead_WeakensNothing()
    {
        var file = new ChangingConfiguration(($"{Section}:RequirePac", "true"));
        var environment = new ChangingConfiguration(($"{Section}:MaxTokenBytes", "2048"));
        IConfiguration root = new ConfigurationBuilder().Add(environment).Add(file).Build();
        var goes = false;
        await using var app = await StartAsync(new Settings(), services: s => s.AddSingleton(root).ConfigureAll<KerberosAuthenticationOptions>(_ =>
        {
            if (goes) file.Hold();
        }));

        goes = true;
        environment.Become(($"{Section}:MaxTokenBytes", "4096"));

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.StartsWith("107 ", Assert.Single(Changes(app)), StringComparison.Ordinal);
    }

    /// <summary>Whoever changes a setting must not suffer for a source that cannot be read.</summary>
    [Fact]
    public async Task SourceThatThrows_ChangesNothing()
    {
        var (file, failing) = (new ChangingConfiguration(($"{Section}:RequirePac", "true")), new FailingConfiguration());
        IConfiguration root = new ConfigurationBuilder().Add(failing).Add(file).Build();
        await using var app = await StartAsync(new Settings(), services: s => s.AddSingleton(root));

        failing.Fails = true;
        file.Become(($"{Section}:RequirePac", "false"));

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.Equal([$"107 Error {Section} changed and will not do: InvalidOperationException: not now. The settings from before stay in use"], Changes(app));
        failing.Fails = false;
        file.Become(($"{Section}:RequirePac", "false"));
        await app.Client().CallAsync();
    }

    /// <summary>Keytabs are read between the first reading of the options and the watch.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ChangedWhileTheHostStarts_CountsAsLater(bool gone)
    {
        var settings = new Settings(("RequirePac", gone ? "true" : "false"));
        (string, string?)[] become = gone ? [] : [("RequirePac", "true")];
        await using var app = await StartAsync(settings, services: s => s.AddHostedService(_ => new AtStart(() => settings.Become(become))));

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        Assert.StartsWith(gone ? "107 " : "106 ", Assert.Single(Changes(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedAroundARestart_Counts()
    {
        var settings = new Settings(("RequireAuthenticatedUser", "true"));
        await using var app = await StartAsync(settings);
        await RestartAsync();

        settings.Become(("RequirePac", "true"));

        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);
        await RestartAsync();
        Assert.Equal("PAC_REFUSED", (await app.Client().SendAsync(RawClient.Value(app.Client().Prepare()))).Error);

        async Task RestartAsync()
        {
            await app.App.Services.GetRequiredService<SchemeAcceptors>().RestartAsync();
            app.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>An event may take minutes: what was let in before must not run after it.</summary>
    [Theory]
    [InlineData("Realms:0", "TEST.LOCAL")]
    [InlineData("RequirePac", "true")]
    [InlineData("CheckClientAddress", "true")]
    public async Task ForbiddenWhileTheEventIsAsked_DoesNotRun(string key, string value)
    {
        var settings = new Settings(("Realms:0", "TEST.LOCAL"), ("Realms:1", "OTHER.LOCAL"));
        var (asked, answer) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        await using var app = await StartAsync(settings, options: o => o.Events.OnSessionEstablished = _ =>
        {
            asked.TrySetResult();
            return answer.Task;
        });
        var client = app.Client("bob@OTHER.LOCAL", change: static t => t.Flags |= Protocol.Registry.TicketFlags.TransitedPolicyChecked);
        var call = client.SendAsync(RawClient.Value(client.Prepare()));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        settings.Become([.. key == "Realms:0" ? [] : new (string, string?)[] { ("Realms:0", "TEST.LOCAL"), ("Realms:1", "OTHER.LOCAL") }, (key, value)]);
        answer.SetResult();

        Assert.Equal("SESSION_UNKNOWN", (await call).Error);
        Assert.Equal((0, 0), (app.Behaviour.Runs, app.App.Services.GetRequiredService<KerberosSessions>().Count));
    }

    [Fact]
    public async Task CodeThatThrows_ChangesNothing()
    {
        var settings = new Settings();
        var fails = false;
        await using var app = await StartAsync(settings, options: _ =>
        {
            if (fails) throw new TimeoutException("the vault is away");
        });
        fails = true;

        settings.Become(("RequireAuthenticatedUser", "false"));

        Assert.Equal("TOKEN_MISSING", (await app.Client().SendAsync()).Error);
        Assert.Equal([$"107 Error {Section} changed and will not do: TimeoutException: the vault is away. The settings from before stay in use"], Changes(app));
    }

    /// <summary>The application's own binding reloads the monitor's options: calls must go by those of the start all the same.</summary>
    [Fact]
    public async Task MonitorOfTheApplication_GoesWrong_CallsGoOn()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings, services: s =>
            s.AddSingleton<IOptionsChangeTokenSource<KerberosAuthenticationOptions>>(new ConfigurationChangeTokenSource<KerberosAuthenticationOptions>("Kerberos", settings.Root!)));
        var client = app.Client();
        await client.CallAsync();

        Assert.ThrowsAny<Exception>(() => settings.Become(("MaxTokenBytes", "1")));

        Assert.ThrowsAny<Exception>(() => app.App.Services.GetRequiredService<IOptionsMonitor<KerberosAuthenticationOptions>>().Get("Kerberos"));
        await client.CallAsync();
    }

    [Fact]
    public async Task HostStopped_ChangesAreNobodysAnyMore()
    {
        var settings = new Settings();
        await using var app = await StartAsync(settings);
        settings.Become(("MaxTokenBytes", "2048"));
        Assert.Single(Changes(app));

        await app.App.StopAsync();
        settings.Become(("MaxTokenBytes", "4096"));

        Assert.Single(Changes(app));
    }

    [Fact]
    public async Task NamedSchemes_EachByItsOwnSection()
    {
        var configuration = new ChangingConfiguration();
        await using var app = await new TestServerApp
        {
            Services = (a, s) =>
            {
                s.AddSingleton<IConfiguration>(new ConfigurationBuilder().Add(configuration).Build());
                s.AddAuthentication("Kerberos").AddKerberos(a.Configure).AddKerberos("Internal", a.Configure);
            },
        }.StartAsync();

        configuration.Become(("Authentication:Schemes:Internal:RequirePac", "true"), ("Authentication:Schemes:Kerberos:MaxTokenBytes", "1"));

        Assert.Equal(
            [
                "106 Warning Authentication:Schemes:Internal changed: RequirePac count from now on",
                "107 Error Authentication:Schemes:Kerberos changed and will not do: Authentication:Schemes:Kerberos:MaxTokenBytes is 1. "
                + "Next: 1024 to 65535. The settings from before stay in use",
            ],
            Changes(app).Order(StringComparer.Ordinal));
    }

    private static async Task<StatusCode> StatusAsync(RawClient client) => (await client.SendAsync(RawClient.Value(client.Prepare()))).Status.StatusCode;

    private static string Known(RawClient client) => RawClient.Value(client.Session.PrepareKnown(RawClient.SayHello, TimeSpan.Zero));

    private static IReadOnlyList<string> Changes(TestServerApp app) =>
        [.. app.Log.Ours.Where(static l => l.Id.Id is >= 106 and <= 108).Select(static l => $"{l.Id.Id} {l.Level} {l.Text.Split('\n')[0]}")];

    /// <param name="settings">Where the scheme's settings are.</param>
    /// <param name="endpoints">What the endpoint demands.</param>
    /// <param name="options">Code that runs after them.</param>
    /// <param name="services">What the application adds besides.</param>
    /// <param name="fixedInCode">Whether code sets what it does for other tests; it would hide changes of these settings.</param>
    private static Task<TestServerApp> StartAsync(
        Settings settings,
        Action<WebApplication, GrpcServiceEndpointConventionBuilder>? endpoints = null,
        Action<KerberosAuthenticationOptions>? options = null,
        Action<IServiceCollection>? services = null,
        bool fixedInCode = true) => new TestServerApp
        {
            Endpoints = endpoints,
            Options = options,
            Services = (app, s) =>
            {
                s.AddSingleton<IConfiguration>(settings.Build());
                services?.Invoke(s);
                s.AddAuthentication().AddKerberos(o =>
                {
                    if (fixedInCode)
                    {
                        app.Configure(o);
                        return;
                    }

                    o.TimeProvider = app.Time;
                    if (o.SessionPortability == SessionPortability.Auto) o.SessionPortability = SessionPortability.Portable;
                    if (o.Keytab is null) o.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(Protocol.Credentials.KeytabFile.Write(app.Keys.Keytab));
                });
            },
        }.StartAsync();

    private sealed class FailingConfiguration : ConfigurationProvider, IConfigurationSource
    {
        public bool Fails { get; set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
            Fails ? throw new InvalidOperationException("not now") : base.GetChildKeys(earlierKeys, parentPath);
    }

    private sealed class AtStart(Action act) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            act();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Settings(params (string Key, string? Value)[] settings)
    {
        private readonly ChangingConfiguration _source = new(Full(settings));

        public IConfigurationRoot? Root { get; private set; }

        public IConfigurationRoot Build() => Root = new ConfigurationBuilder().Add(_source).Build();

        public void Become(params (string Key, string? Value)[] settings) => _source.Become(Full(settings));

        private static (string Key, string? Value)[] Full((string Key, string? Value)[] settings) => [.. settings.Select(static s => ($"{Section}:{s.Key}", s.Value))];
    }
}
