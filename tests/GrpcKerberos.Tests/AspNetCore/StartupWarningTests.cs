using GrpcKerberos.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

public sealed class StartupWarningTests
{
    [Theory]
    [InlineData(
        SessionPortability.Auto,
        "sessions there are bound to this server process, so clients bring a token to each replica and after each restart. Next: use TLS; where a sidecar ends it, set SessionPortability to Portable")]
    [InlineData(SessionPortability.ServerBound, "calls there can be read on the way. Next: use TLS; nothing where a sidecar ends it")]
    [InlineData(
        SessionPortability.Portable,
        "who reads a call on the way can have it run once more on each other replica. Next: use TLS; nothing where a sidecar ends it and nobody else gets there")]
    public async Task Start_PlaintextAddress_IsNamedWithWhatFollows(SessionPortability portability, string consequence)
    {
        await using var secure = await new TestServerApp { Tls = true, Options = o => o.SessionPortability = portability }.StartAsync();
        await using var plain = await new TestServerApp { Tls = false, Options = o => o.SessionPortability = portability }.StartAsync();

        Assert.Empty(Warnings(secure));
        Assert.Equal([$"104 PlaintextEndpoint {plain.Address} is plaintext: {consequence}"], Warnings(plain));
    }

    [Fact]
    public async Task Start_SeveralSchemesNoDefault_SaysHowToNameOne()
    {
        await using var one = await StartAsync(static (a, s) => s.AddAuthentication().AddKerberos(a.Configure));
        await using var several = await StartAsync(static (a, s) => s.AddAuthentication().AddKerberos(a.Configure).AddKerberos("Internal", a.Configure));

        Assert.Empty(Warnings(one));
        Assert.Equal(
            [
                "105 SchemeAmbiguous Schemes Kerberos, Internal, no default: [Authorize] that names no scheme fails callers with HTTP status 500. "
                    + "Next: AddAuthentication(\"Kerberos\"), or [Authorize(AuthenticationSchemes = \"Kerberos\")]",
            ],
            Warnings(several));
    }

    [Fact]
    public async Task Start_DefaultAuthenticatesAndNoneChallenges_IsStillAmbiguous()
    {
        await using var app = await StartAsync(
            static (a, s) => s.AddAuthentication(static o => o.DefaultAuthenticateScheme = "Kerberos").AddKerberos(a.Configure).AddKerberos("Internal", a.Configure));

        Assert.StartsWith("105 ", Assert.Single(Warnings(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SeveralSchemesWithDefault_IsSilent()
    {
        await using var app = await StartAsync(static (a, s) => s.AddAuthentication("Internal").AddKerberos(a.Configure).AddKerberos("Internal", a.Configure));

        Assert.Empty(Warnings(app));
    }

    [Fact]
    public async Task Start_DefaultPolicyNamesItsSchemes_IsSilent()
    {
        await using var app = await StartAsync(static (a, s) =>
        {
            s.AddAuthentication().AddKerberos(a.Configure).AddKerberos("Internal", a.Configure);
            s.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder("Kerberos").RequireAuthenticatedUser().Build());
        });

        Assert.Empty(Warnings(app));
    }

    private static Task<TestServerApp> StartAsync(Action<TestServerApp, IServiceCollection> services) => new TestServerApp { Services = services }.StartAsync();

    private static IReadOnlyList<string> Warnings(TestServerApp app) =>
        [.. app.Log.Ours.Where(static l => l.Level == LogLevel.Warning).Select(static l => $"{l.Id.Id} {l.Id.Name} {l.Text.Split('\n')[0]}")];
}
