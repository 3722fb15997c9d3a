using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>krb5_mk_req against our acceptor, and our AP-REP against krb5_rd_rep.</summary>
[Collection(MitRealm.Collection)]
public sealed class OurAcceptorTests(MitRealm realm)
{
    private readonly AcceptorClock _started = new(TimeProvider.System);
    private ApAcceptor? _acceptor;
    private string? _cache;

    public static TheoryData<string, int, string> Requests
    {
        get
        {
            var requests = new TheoryData<string, int, string>();
            foreach (var row in MitClient.Enctypes)
                foreach (var options in new[] { "subkey", "subkey sequence" })
                    requests.Add((string)row[0], (int)row[1], options);
            return requests;
        }
    }

    public static TheoryData<string, int> Enctypes => MitClient.Enctypes;

    [PeerTheory]
    [MemberData(nameof(Requests))]
    public async Task ApReq_OfMit_TakenAndItsAnswerVerifiedByMit(string enctype, int number, string options)
    {
        await using var client = await StartAsync(enctype, options);
        var request = await client.ReadToAsync("ap-req");

        var accepted = await AcceptedAsync(enctype, request);
        var verified = (await client.FinishAsync(Convert.ToHexString(accepted.ApRep!) + "\n")).EnsureSuccess().Lines;

        Assert.Equal(MitClient.Alice, accepted.Client);
        Assert.Equal(MitClient.Service(enctype), accepted.Service);
        Assert.Equal(number, (int)accepted.TicketEncryptionType);
        Assert.Equal(accepted.Authenticator.ClientTime.WholeSeconds.ToUnixTimeSeconds(), verified.Number("ap-rep-ctime"));
        Assert.Equal(accepted.Authenticator.ClientTime.Microseconds, verified.Number("ap-rep-cusec"));
        Assert.Equal(request.Number("sequence"), verified.Number("ap-rep-sequence"));
    }

    /// <summary>Where K is the session's key no answer is needed; without a number the session is server-bound, and its key must be told.</summary>
    [PeerTheory]
    [MemberData(nameof(Requests))]
    public async Task ApReq_WithoutMutual_AnsweredOnlyWhereASubkeyIsAsserted(string enctype, int number, string options)
    {
        var cache = await realm.KinitAsync("alice");
        var request = (await realm.RunAsync("apreq", ["mk", $"et-{enctype}/localhost", .. options.Split(' ')], cache: cache)).EnsureSuccess().Lines;

        var accepted = await AcceptedAsync(enctype, request);

        Assert.Equal(number, (int)accepted.TicketEncryptionType);
        Assert.Equal(options == "subkey", accepted.IsServerBound);
        Assert.Equal(accepted.IsServerBound, accepted.ApRep is not null);
    }

    /// <summary>No key could prove a call of such a session, and no answer is asked for that could hold one.</summary>
    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_OfMitWithNeitherSubkeyNorMutual_TakenOnlyWhereTokensAloneMayRun(string enctype, int number)
    {
        var cache = await realm.KinitAsync("alice");
        var request = (await realm.RunAsync("apreq", ["mk", $"et-{enctype}/localhost"], cache: cache)).EnsureSuccess().Lines;
        Assert.Equal(0, request.Number("subkey-etype"));

        Assert.Equal(ApRejection.NoSubkey, await RefusedAsync(enctype, request.Bytes("ap-req")));
        _acceptor = NewAcceptor(new AcceptorPolicy { UnsafeCallsOnTokenAlone = true }, _started);
        var accepted = await AcceptedAsync(enctype, request);

        Assert.Equal((MitClient.Alice, number), (accepted.Client, (int)accepted.TicketEncryptionType));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_OfMitWithoutSubkey_AnswerAssertsOne(string enctype, int number)
    {
        await using var client = await StartAsync(enctype, "");
        var request = await client.ReadToAsync("ap-req");
        Assert.Equal(0, request.Number("subkey-etype"));

        var accepted = await AcceptedAsync(enctype, request);
        var verified = (await client.FinishAsync(Convert.ToHexString(accepted.ApRep!) + "\n")).EnsureSuccess().Lines;

        Assert.Equal((true, null), (accepted.IsServerBound, accepted.ProofKeys));
        Assert.Equal(number, verified.Number("ap-rep-subkey-etype"));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_OfMitChangedOrTwice_RefusedForThatCause(string enctype, int number)
    {
        await using var client = await StartAsync(enctype, "subkey");
        var request = await client.ReadToAsync("ap-req");
        Assert.Equal(number, request.Number("subkey-etype"));
        var changed = request.Bytes("ap-req");
        changed[^1] ^= 1;

        Assert.Equal(ApRejection.AuthenticatorIntegrity, await RefusedAsync(enctype, changed));
        await AcceptedAsync(enctype, request);
        Assert.Equal(ApRejection.Replayed, await RefusedAsync(enctype, request.Bytes("ap-req")));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApRep_OneOctetChanged_RefusedByMit(string enctype, int number)
    {
        await using var client = await StartAsync(enctype, "subkey");
        var request = await client.ReadToAsync("ap-req");
        Assert.Equal(number, request.Number("subkey-etype"));
        var reply = (await AcceptedAsync(enctype, request)).ApRep!;
        reply[^1] ^= 1;

        var refused = await client.FinishAsync(Convert.ToHexString(reply) + "\n");

        Assert.StartsWith("rd_rep 31 ", refused.Lines["error"], StringComparison.Ordinal); // KRB_AP_ERR_BAD_INTEGRITY
    }

    [PeerFact]
    public async Task ApRep_ToAnotherCall_RefusedByMit()
    {
        await using var client = await StartAsync("aes256-sha2", "subkey");
        await using var other = await StartAsync("aes256-sha2", "subkey", await CacheOfAsync("aes256-sha2"));
        await client.ReadToAsync("ap-req");
        var reply = (await AcceptedAsync("aes256-sha2", await other.ReadToAsync("ap-req"))).ApRep!;

        var refused = await client.FinishAsync(Convert.ToHexString(reply) + "\n");
        var verified = await other.FinishAsync(Convert.ToHexString(reply) + "\n");

        Assert.StartsWith("rd_rep 158 ", refused.Lines["error"], StringComparison.Ordinal); // KRB5_MUTUAL_FAILED
        Assert.Equal(0, verified.EnsureSuccess().ExitCode);
    }

    private static ApAcceptor NewAcceptor(AcceptorPolicy policy, AcceptorClock clock) => new(policy, new MemoryReplayCache(TimeProvider.System), clock, new ProcessSecret());

    private async Task<ForeignProcess> StartAsync(string enctype, string options, string? cache = null) => realm.Start(
        "apreq",
        ["mk", $"et-{enctype}/localhost", "mutual", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        cache: cache ?? await CacheOfAsync(enctype));

    /// <summary>One cache with the service's ticket in it: all requests from it have the same session key.</summary>
    private async Task<string> CacheOfAsync(string enctype)
    {
        if (_cache is not null) return _cache;
        _cache = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", [$"et-{enctype}/localhost"], cache: _cache)).EnsureSuccess();
        return _cache;
    }

    private async Task<AcceptedExchange> AcceptedAsync(string enctype, PeerLines request)
    {
        var passed = (await AcceptAsync(enctype, request.Bytes("ap-req"))).Passed(out var accepted, out var refusal);
        Assert.True(passed, refusal?.ToString());
        return accepted!;
    }

    private async Task<ApRejection> RefusedAsync(string enctype, byte[] request)
    {
        Assert.False((await AcceptAsync(enctype, request)).Passed(out _, out var refusal));
        return refusal.Cause;
    }

    private ValueTask<Step<AcceptedExchange>> AcceptAsync(string enctype, byte[] request) => (_acceptor ??= NewAcceptor(new AcceptorPolicy(), _started)).AcceptAsync(
        new IncomingCall(request, Proof: null, "/greeter.v1.Greeter/SayHello"), MitClient.ServiceKeytab(realm, enctype), CancellationToken.None);
}
