using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tests.Client;
using Xunit;

namespace GrpcKerberos.Tests.Messages;

/// <summary>What a caller reads where the service says no, or does not prove itself. Each text is met by a call.</summary>
public sealed class RefusalMessageTests
{
    private const string Service = "HTTP/localhost@TEST.LOCAL";

    [Theory]
    [InlineData(KerberosError.TokenMalformed, "KRB_ERR_GENERIC, 60")]
    [InlineData(KerberosError.TicketNotYetValid, "KRB_AP_ERR_TKT_NYV, 33")]
    [InlineData(KerberosError.ClientMismatch, "KRB_AP_ERR_BADMATCH, 36")]
    [InlineData(KerberosError.AddressMismatch, "KRB_AP_ERR_BADADDR, 38")]
    [InlineData(KerberosError.TransitRefused, "KRB_AP_PATH_NOT_ACCEPTED, 51")]
    [InlineData(KerberosError.PacRefused, "KDC_ERR_POLICY, 12")]
    [InlineData(KerberosError.ProofRefused, "KRB_AP_ERR_MODIFIED, 41")]
    [InlineData(KerberosError.Unavailable, "KDC_ERR_SVC_UNAVAILABLE, 29")]
    public async Task Refused_OfTheRest_NamesErrorAndCode(KerberosError error, string code) => Assert.Equal(
        $"{Service} refused the call: {error} ({code}). Next: its log, event 120, names the step.",
        await RefusedAsync(error));

    [Fact]
    public async Task EncryptionTypeRefused_ByTheService() => Assert.Equal(
        $"{Service} does not permit aes256-cts-hmac-sha384-192. "
        + "Next: allow it there (EncryptionTypes), or name one it permits in KerberosClientOptions.EncryptionTypes.",
        await RefusedAsync(KerberosError.EncryptionTypeRefused));

    [Fact]
    public async Task TokenMissing_ThoughTheCallHadOne() => Assert.Equal(
        "The service says that the call carried no proof, yet it left with one. "
        + "Next: let what stands in between, a proxy or a mesh, pass the authorization header.",
        await RefusedAsync(KerberosError.TokenMissing));

    [Fact]
    public async Task NotAllowed_AsARefusal() => Assert.Equal(
        "The caller is authenticated but may not call /greeter.v1.Greeter/SayHello. Next: the server's log names the requirement.",
        await RefusedAsync(KerberosError.NotAllowed));

    [Fact]
    public async Task TokenTooLarge_ForTheService() => Assert.Matches(
        $"^The token for {Service} has [0-9,]+ bytes, more than the service takes\\. "
        + "Next: the account is in very many groups: use one with fewer, or set NO_AUTH_DATA_REQUIRED on the service's account\\.$",
        await RefusedAsync(KerberosError.TokenTooLarge));

    [Fact]
    public async Task SessionUnknown_OfACallThatBroughtItsToken() => Assert.Equal(
        $"{Service} does not know the session of this call: it was restarted, or another replica took it. The call was not run. "
        + "Next: call again, which establishes a new one; "
            + "where it comes often, a balancer spreads the calls of a server-bound session: "
            + "keep the connection with one replica, or set SessionPortability to Portable there.",
        await RefusedAsync(KerberosError.SessionUnknown, StatusCode.Unavailable));

    [Fact]
    public async Task TicketExpired_AndTheNewOneToo_SaysBothTimes()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) => RefuseProved(received, ApRejection.TicketExpired);

        Assert.Matches(
            @"^The service judged our ticket expired at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z; by our clock it ends \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. "
                + @"Next: compare both clocks; where they agree, the service ended our sessions: log in anew \(kinit; with a keytab call again in 5 seconds\)\.$",
            await FailAsync(scene, KerberosError.TicketExpired));
    }

    [Fact]
    public async Task ClockSkew_AfterOneCorrectionToo()
    {
        var clock = new ShiftedTime(TimeSpan.FromMinutes(20));
        await using var scene = await ClientScene.StartAsync(serverClock: clock);
        scene.Server.Script = (received, run) =>
        {
            clock.Shift += TimeSpan.FromMinutes(20);
            return ScriptedServer.Answer(received, run);
        };

        Assert.Matches(
            $@"^This host's clock is \d+ min \d+ s behind {Service} \(limit 5 min\), also after one correction\. Next: set the clock \(timedatectl set-ntp true; w32tm /resync\)\.$",
            await FailAsync(scene, KerberosError.ClockSkew));
    }

    [Fact]
    public async Task Replayed_SomethingBelowSendsTwice()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) => RefuseProved(received, ApRejection.NumberRepeated);

        Assert.Equal(
            "The service has seen this proof before (KRB_AP_ERR_REPEAT, 34). Every attempt gets a fresh one, so something below gRPC sends requests twice. "
            + "Next: look for a retrying handler or proxy; retry in ServiceConfig instead.",
            await FailAsync(scene, KerberosError.Replayed));
    }

    [Fact]
    public async Task ProofSkipped_PlaintextChannelThatDropsCredentials()
    {
        await using var scene = await ClientScene.StartAsync(tls: false, configure: static o => o.UnsafeUseInsecureChannelCallCredentials = false);
        scene.Server.Script = static (_, run) => run();

        Assert.Equal(
            "The call went out without Kerberos: gRPC drops call credentials on an http:// channel. The answer was discarded. "
            + "Next: use https://, or where the link is protected otherwise set GrpcChannelOptions.UnsafeUseInsecureChannelCallCredentials.",
            await FailAsync(scene, KerberosError.ProofSkipped));
    }

    [Fact]
    public async Task TokenTooLarge_ForAHeaderOfAServerWithoutEstablish()
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { MaxHeaderTokenBytes = 1024 });
        scene.UseLargeTickets();
        scene.Server.EstablishScript = static received =>
        {
            received.Received.EndWith((int)StatusCode.Unimplemented);
            return Task.CompletedTask;
        };

        Assert.Matches(
            $@"^The token for {Service} has [0-9,]+ bytes, more than a header may carry \(1,024\), and the server does not answer grpckerberos\.v1\.SessionService\. Next: update it, or let the proxy pass that path\.$",
            await FailAsync(scene, KerberosError.TokenTooLarge, StatusCode.ResourceExhausted));
    }

    [Fact]
    public async Task TokenTooLarge_ForAnything()
    {
        await using var scene = await ClientScene.StartAsync();
        var groups = AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)(-4711), new byte[70_000]));
        scene.Tickets.Change = t => t.AuthorizationData = [groups];

        Assert.Matches(
            $@"^The token for {Service} has 7\d,\d{{3}} bytes \(limit 65,535\)\. Next: the account is in very many groups: use one with fewer, or set NO_AUTH_DATA_REQUIRED on the service's account\.$",
            await FailAsync(scene, KerberosError.TokenTooLarge, StatusCode.ResourceExhausted));
    }

    [Fact]
    public async Task ServerNotProven_NoAuthenticationInfo()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (_, run) => run();

        Assert.Equal(
            $"{Service} answered without proving who it is (no authentication-info). The answer was discarded. "
                + "Next: is AddKerberos() on that server (one that takes GSS-API tokens instead needs TokenFormat), "
                + "and does a proxy strip the header? If neither, treat it as an impostor.",
            await FailAsync(scene, KerberosError.ServerNotProven));
    }

    [Fact]
    public async Task ChannelBindingMismatch_AnotherCertificate()
    {
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { ChannelBinding = ChannelBindingSource.From(ScriptedServer.OtherCertificate) });
        scene.Server.LooksAtChannels = true;

        Assert.Equal(
            "The TLS certificate we saw is not the one the service uses. "
            + "Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates; if none does, someone is in between.",
            await FailAsync(scene, KerberosError.ChannelBindingMismatch));
    }

    /// <summary>Every cause is met by a call, here or in <see cref="CredentialMessageTests"/>, and its text says what to do.</summary>
    [Theory, MemberData(nameof(ServersCauses))]
    public async Task Refusal_OfEachCauseAServerMayName_SaysWhatNext(KerberosError error) =>
        Assert.Matches(@"^\S.+[.)] Next: \S.+\.$", await RefusedAsync(error, error == KerberosError.SessionUnknown ? StatusCode.Unavailable : StatusCode.Unauthenticated));

    public static TheoryData<KerberosError> ServersCauses =>
    [
        .. Enum.GetValues<KerberosError>().Except(s_metByCredentials).Except([KerberosError.ClockSkew, KerberosError.Replayed]),
    ];

    private static readonly KerberosError[] s_metByCredentials =
    [
        KerberosError.ConfigurationInvalid, KerberosError.NoCredentials, KerberosError.CredentialsExpired, KerberosError.KeytabUnusable, KerberosError.ClientUnknown,
        KerberosError.PreauthenticationFailed, KerberosError.ServiceUnknown, KerberosError.ServiceNameUnknown, KerberosError.KdcUnreachable, KerberosError.KdcRefused,
        KerberosError.ProofSkipped, KerberosError.ServerNotProven,
    ];

    private static async Task<string> RefusedAsync(KerberosError error, StatusCode status = StatusCode.Unauthenticated)
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = (received, _) =>
        {
            received.EndWith((int)StatusCode.Unauthenticated, $"Kerberos error={error.ToWireName()}");
            return Task.CompletedTask;
        };
        return await FailAsync(scene, error, status);
    }

    private static async Task<string> FailAsync(ClientScene scene, KerberosError error, StatusCode status = StatusCode.Unauthenticated)
    {
        var failure = await Calls.FailAsync(scene.Invoker, Shape.Unary);
        Assert.Equal((error, status), (failure.GetKerberosError(), failure.StatusCode));
        return failure.Status.Detail;
    }

    private static Task RefuseProved(Received received, ApRejection cause)
    {
        received.RefuseProved(cause);
        return Task.CompletedTask;
    }
}
