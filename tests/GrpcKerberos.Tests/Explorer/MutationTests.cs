using Xunit;
using Xunit.Abstractions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>The explorer's teeth: with one rule undone in a double around the real code it finds what that rule is there for.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Most = 60;

    private static readonly Setting s_portable = new() { Links = [Link.Tls], Replays = true, Evictions = true, Restarts = true, Delays = true };
    private static readonly Setting s_bound = new() { Links = [Link.Clear], Sticky = true, Replays = true, Restarts = true, Delays = true };

    [Fact]
    public void RepeatsRun_IsFound() => AssertFinds(s_portable, Fault.RunsRepeats, "runs twice in one process by replay");

    [Fact]
    public void NoTimeCheck_IsFound() => AssertFinds(s_portable, Fault.IgnoresTime, "runs later than the skew");

    [Fact]
    public void FloorIgnored_IsFound() => AssertFinds(s_portable with { Delays = false }, Fault.IgnoresFloor, "runs twice, after a restart, by replay");

    [Fact]
    public void StartIgnored_IsFound() => AssertFinds(s_portable, Fault.IgnoresStart, "runs twice, after a restart, by replay");

    [Fact]
    public void ForgottenWithinTwiceTheSkew_IsFound() => AssertFinds(s_portable with { Restarts = false, Delays = false }, Fault.ForgetsEarly, "runs twice in one process by replay");

    [Fact]
    public void ResendsRenumbered_IsFound() =>
        AssertFinds(s_portable with { Restarts = false, Delays = false, Forges = true }, Fault.RenumbersResends, "runs twice in one process by the client's own resend");

    [Fact]
    public void ProcessSecretKept_IsFound() => AssertFinds(s_bound, Fault.KeepsSecret, "runs twice, after a restart, by replay");

    [Fact]
    public void ClearCallsTakenOverTls_IsFound() =>
        AssertFinds(s_bound with { Links = [Link.Clear, Link.Tls] }, Fault.TakesClearCallsOverTls, "runs in a session of the other kind");

    /// <summary>Why a server-bound session is born with floor 0: at the authenticator's number it would refuse first calls that overtook each other.</summary>
    [Fact]
    public void BoundSessionWithAFloor_RefusesHonestFirstCalls() =>
        AssertFinds(new Setting { Links = [Link.Clear], Sticky = true, Restarts = true }, Fault.RaisesBoundFloor, "an honest call fails");

    private void AssertFinds(Setting setting, Fault fault, string violation)
    {
        Assert.Null(Exploration.Run(setting, 5).Found);
        var exploration = Exploration.Run(setting with { Fault = fault }, Most, v => v == violation);
        exploration.WriteTo(output);
        Assert.Contains(violation, exploration.Violations.Keys);
    }
}
