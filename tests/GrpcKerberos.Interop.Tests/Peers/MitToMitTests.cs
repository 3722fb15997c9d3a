namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>MIT talking to MIT through the fixtures: the base case in which every interoperability test changes one side.</summary>
[Collection(MitRealm.Collection)]
public sealed class MitToMitTests(MitRealm realm)
{
    public static TheoryData<string, int> Enctypes => new()
    {
        { "aes128-cts", 17 },
        { "aes256-cts", 18 },
        { "aes128-sha2", 19 },
        { "aes256-sha2", 20 },
    };

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Kvno_ServiceOfOneEnctype_TicketAndSessionKeyOfThatEnctype(string enctype, int number)
    {
        var cache = await realm.KinitAsync("alice");

        var kvno = await realm.RunAsync("kvno", [$"et-{enctype}/localhost"], cache: cache);
        var accepted = (await AcceptAsync(enctype, await RequestAsync(enctype, cache))).EnsureSuccess().Lines;

        Assert.Equal($"et-{enctype}/localhost@{MitRealm.Name}: kvno = 1\n", kvno.EnsureSuccess().StandardOutput);
        Assert.Equal(number, accepted.Number("ticket-etype"));
        Assert.Equal(number, accepted.Number("session-key-etype"));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Apreq_MutualWithSubkey_BothSidesAgree(string enctype, int number)
    {
        var cache = await realm.KinitAsync("alice");
        await using var client = realm.Start("apreq", ["mk", $"et-{enctype}/localhost", "subkey", "mutual", "sequence"], cache: cache);
        var request = await client.ReadToAsync("ap-req");

        var accepted = (await AcceptAsync(enctype, request["ap-req"], "subkey")).EnsureSuccess().Lines;
        var verified = (await client.FinishAsync(accepted["ap-rep"] + "\n")).EnsureSuccess().Lines;

        Assert.Equal($"alice@{MitRealm.Name}", accepted["client"]);
        Assert.Equal(number, request.Number("subkey-etype"));
        Assert.Equal(request["subkey"], accepted["subkey"]);
        Assert.Equal(request["sequence"], accepted["sequence"]);
        Assert.Equal(accepted["ctime"], verified["ap-rep-ctime"]);
        Assert.Equal(accepted["cusec"], verified["ap-rep-cusec"]);
        Assert.Equal(accepted["ap-rep-subkey"], verified["ap-rep-subkey"]);
        Assert.Equal(accepted["ap-rep-sequence"], verified["ap-rep-sequence"]);
    }

    [PeerFact]
    public async Task Apreq_AnswerOfAnotherRequest_MutualAuthenticationFails()
    {
        var cache = await realm.KinitAsync("alice");
        await using var client = realm.Start("apreq", ["mk", "test/localhost", "mutual"], cache: cache);
        await client.ReadToAsync("ap-req");
        await using var other = realm.Start("apreq", ["mk", "test/localhost", "mutual"], cache: cache);
        var otherRequest = await other.ReadToAsync("ap-req");

        var accepted = (await AcceptAsync("test", otherRequest["ap-req"])).EnsureSuccess().Lines;
        var refused = await client.FinishAsync(accepted["ap-rep"] + "\n");
        var verified = await other.FinishAsync(accepted["ap-rep"] + "\n");

        Assert.StartsWith("rd_rep 158 ", refused.Lines["error"], StringComparison.Ordinal); // KRB5_MUTUAL_FAILED
        Assert.Equal(0, verified.EnsureSuccess().ExitCode);
    }

    [PeerFact]
    public async Task Apreq_SameRequestTwiceWithReplayCache_SecondIsReplay()
    {
        var request = await RequestAsync("aes256-sha2", await realm.KinitAsync("bob"));

        var first = await AcceptAsync("aes256-sha2", request, "once");
        var second = await AcceptAsync("aes256-sha2", request, "once");

        Assert.Equal($"bob@{MitRealm.Name}", first.EnsureSuccess().Lines["client"]);
        Assert.StartsWith("rd_req 34 ", second.Lines["error"], StringComparison.Ordinal); // KRB_AP_ERR_REPEAT
    }

    [PeerTheory]
    [InlineData("", false)]
    [InlineData("cb=0102", false)]
    [InlineData("cb=0103", true)]
    public async Task Gsspeer_AcceptorBoundTo0102_RefusesOnlyAnotherBinding(string binding, bool refused)
    {
        var cache = await realm.KinitAsync("alice");
        await using var initiator = realm.Start("gsspeer", ["init", "test@localhost", binding], cache: cache);
        await using var acceptor = realm.Start("gsspeer", ["accept", "cb=0102"]);

        await acceptor.WriteLineAsync((await initiator.ReadToAsync("token"))["token"]);

        Assert.Equal(refused, (await acceptor.ReadToAsync("ready")).Has("error"));
    }

    [PeerFact]
    public async Task Gsspeer_MicOfInitiator_VerifiedOnceByAcceptor()
    {
        var cache = await realm.KinitAsync("alice");
        await using var initiator = realm.Start("gsspeer", ["init", "test@localhost", "mutual"], cache: cache);
        await using var acceptor = realm.Start("gsspeer", ["accept"]);
        await acceptor.WriteLineAsync((await initiator.ReadToAsync("token"))["token"]);
        await initiator.WriteLineAsync((await acceptor.ReadToAsync("token"))["token"]);
        await initiator.ReadToAsync("ready");
        await acceptor.ReadToAsync("ready");

        await initiator.WriteLineAsync("mic 0102");
        var mic = (await initiator.ReadToAsync("mic"))["mic"];

        Assert.Equal(0, (await VerifyAsync(acceptor, "0102", mic)).Number("verified"));
        Assert.Equal(2, (await VerifyAsync(acceptor, "0102", mic)).Number("verified")); // GSS_S_DUPLICATE_TOKEN
        Assert.StartsWith("verify_mic 6 ", (await VerifyAsync(acceptor, "0103", mic))["error"], StringComparison.Ordinal); // GSS_S_BAD_SIG
    }

    private static async Task<PeerLines> VerifyAsync(ForeignProcess acceptor, string message, string mic)
    {
        await acceptor.WriteLineAsync($"verify {message} {mic}");
        return await acceptor.ReadToAsync("verified");
    }

    private async Task<string> RequestAsync(string enctype, string cache) =>
        (await realm.RunAsync("apreq", ["mk", $"et-{enctype}/localhost"], cache: cache)).EnsureSuccess().Lines["ap-req"];

    private Task<ProcessOutput> AcceptAsync(string service, string request, params string[] options) =>
        realm.RunAsync("apreq", ["rd", .. options], request + "\n", keytab: realm.Keytab(service == "test" ? "test" : "et-" + service));
}
