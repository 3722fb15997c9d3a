using Xunit;
using Xunit.Abstractions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>
/// The real client, acceptor, sessions and replay cache under thousands of random schedules: nothing honest is refused, and nothing runs twice.
/// GRPCKERBEROS_EXPLORE=100 runs a hundred times as many.
/// </summary>
public sealed class ExplorerTests(ITestOutputHelper output)
{
    private const int Seeds = 40;

    private static readonly Setting s_portable = new() { Links = [Link.Tls] };
    private static readonly Setting s_bound = new() { Links = [Link.Clear], Sticky = true };
    private static readonly Setting s_mixed = new() { Links = [Link.Tls, Link.Clear], Sticky = true };

    private static readonly Dictionary<string, Setting> s_settings = new()
    {
        ["portable, honest"] = s_portable,
        ["portable, honest, evictions and restarts"] = s_portable with { Evictions = true, Restarts = true, Retries = true },
        ["portable, honest, client ahead, clocks step back"] = s_portable with { Client = 0.5, Restarts = true, StepsBack = true },
        ["portable, honest, client behind, delays"] = s_portable with { Client = -0.5, Restarts = true, Evictions = true, Delays = true },
        ["portable, establish first, honest"] = s_portable with { EstablishFirst = true, Evictions = true },
        ["portable in clear, honest"] = new Setting { Links = [Link.Mesh], Restarts = true, Sticky = true },
        ["server-bound, honest"] = s_bound,
        ["server-bound, honest, evictions and restarts"] = s_bound with { Evictions = true, Restarts = true, Retries = true, Moves = true },
        ["both, honest, three replicas"] = s_mixed with { Replicas = [0, 0.2, -0.2], Moves = true, Evictions = true, Restarts = true },
    };

    private static readonly Dictionary<string, Setting> s_attacked = new()
    {
        ["portable, replays, evictions"] = s_portable with { Evictions = true, Delays = true },
        ["portable, all attacks, evictions, restarts"] = s_portable with { Evictions = true, Restarts = true, Delays = true, Retries = true, Forges = true },
        ["portable, all attacks, client ahead"] = s_portable with { Client = 0.5, Evictions = true, Restarts = true, Delays = true, Forges = true },
        ["portable, all attacks, client ahead, strict start"] = s_portable with { Client = 0.5, StrictStart = true, Restarts = true, Delays = true, Forges = true },
        ["portable, all attacks, client behind"] = s_portable with { Client = -0.5, Evictions = true, Restarts = true, Delays = true, Forges = true },
        ["portable, all attacks, clocks step back"] = s_portable with { Replicas = [0, 0, 0], StepsBack = true, Evictions = true, Restarts = true, Forges = true },
        ["portable, all attacks, replicas that allow a minute"] = s_portable with { ServerSkew = TimeSpan.FromMinutes(1), Evictions = true, Delays = true, Forges = true },
        ["server-bound, replays, evictions, restarts"] = s_bound with { Moves = true, Evictions = true, Restarts = true, Delays = true },
        ["server-bound, all attacks"] = s_bound with { Moves = true, Evictions = true, Restarts = true, Delays = true, Retries = true, Forges = true },
        ["server-bound over TLS, all attacks"] = s_portable with { RequireServerBound = true, Restarts = true, Delays = true, Forges = true },
        ["both, all attacks"] = s_mixed with { Moves = true, Evictions = true, Restarts = true, Delays = true, Forges = true },
        ["portable in clear and TLS, all attacks"] = new Setting { Links = [Link.Mesh, Link.Tls], Evictions = true, Restarts = true, Delays = true, Forges = true },
    };

    public static TheoryData<string> Honest => [.. s_settings.Keys];

    public static TheoryData<string> Attacked => [.. s_attacked.Keys];

    [Theory, MemberData(nameof(Honest))]
    public void HonestTraffic_EveryCallRunsAndItsCallerSeesOk(string name) => Explore(s_settings[name]);

    [Theory, MemberData(nameof(Attacked))]
    public void AttackedTraffic_NothingRunsTwice(string name) => Explore(s_attacked[name] with { Replays = true });

    [Fact]
    public void OneSeed_Twice_IsOneSchedule()
    {
        var setting = s_attacked["both, all attacks"] with { Replays = true, Retries = true };
        for (var seed = 0; seed < 5; seed++) Assert.Equal(Exploration.RunOne(setting, seed).Lines, Exploration.RunOne(setting, seed).Lines);
    }

    private void Explore(Setting setting)
    {
        var exploration = Exploration.Run(setting, Seeds);
        exploration.WriteTo(output);
        exploration.AssertClean();
    }
}
