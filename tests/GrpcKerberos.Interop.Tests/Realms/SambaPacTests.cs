using GrpcKerberos.AspNetCore;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Interop.Tests.Python;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>What our service learns from the PAC of a domain controller is what the directory says, which never saw our code.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaPacTests(SambaRealm realm)
{
    /// <summary>Asserted identity: by the KDC that authenticated the user, or by a service that the KDC believes (MS-KILE 3.3.5.6.4.5).</summary>
    private const string ByAuthority = "S-1-18-1";
    private const string ByService = "S-1-18-2";

    [PeerTheory(Peer.Samba)]
    [InlineData("alice", 4)]
    [InlineData("bob", 1)]
    [InlineData("big300", 301)]
    [InlineData("big1000", 1001)]
    public async Task Caller_OverGrpc_HasTheSidsOfTheDirectory(string user, int groups)
    {
        var caller = await GreetAsync("test", realm.WithKeytab(user));

        var directory = await DirectoryAsync(user);
        var expected = directory["group-sids"].Split(' ');
        Assert.Equal(groups, expected.Length);
        Assert.Equal(directory["user-sid"], caller.UserSid);
        Assert.Equal(expected.Append(ByAuthority).Order(StringComparer.Ordinal), caller.GroupSids.Order(StringComparer.Ordinal));
        Assert.Contains(directory["primary-group-sid"], caller.GroupSids);
        Assert.Equal($"{user}@ad.test", caller.UserPrincipalName);
        Assert.Empty(caller.ActingServices);
    }

    [PeerFact(Peer.Samba)]
    public async Task Caller_WithATicketWithoutAPac_HasNoSids()
    {
        var caller = await GreetAsync("nopac", realm.WithKeytab("alice"));

        Assert.Null(caller.UserSid);
        Assert.Empty(caller.GroupSids);
    }

    /// <summary>A service acts for alice, who never logged in: the call is hers, and says who makes it.</summary>
    [PeerFact(Peer.Samba)]
    public async Task Caller_ByS4U2Proxy_NamesTheServiceThatActs()
    {
        var caller = await GreetAsync("test", RealmCalls.WithCache(await DelegatedAsync()));

        Assert.Equal($"alice@{SambaRealm.Name}", caller.Principal.ToString());
        Assert.Equal((await DirectoryAsync("alice"))["user-sid"], caller.UserSid);
        Assert.Equal($"svc-mid@{SambaRealm.Name}", Assert.Single(caller.ActingServices).ToString());
        Assert.Contains(ByService, caller.GroupSids);
        Assert.DoesNotContain(ByAuthority, caller.GroupSids);
    }

    /// <summary>All four signatures, those by the key of krbtgt over ticket and PAC among them.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ApReq_KdcsSignaturesByTheKeyOfKrbtgt_AreGood(bool delegated)
    {
        var cache = delegated ? await DelegatedAsync() : await realm.KinitAsync("alice");
        var keys = KeytabLoader.Load(realm.Keytab("krbtgt")).Entries.Select(static e => e.Key).OfType<LongTermKey>().ToArray();
        Assert.NotEmpty(keys);

        var good = await AcceptAsync(cache, keys);
        var bad = await AcceptAsync(cache, [LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1)]);

        Assert.True(good.Passed(out var accepted, out var refusal), refusal?.ToString());
        Assert.Equal((await DirectoryAsync("alice"))["user-sid"], accepted!.Data!.User.ToString());
        Assert.False(bad.Passed(out _, out refusal));
        Assert.Equal(ApRejection.PacSignatureInvalid, refusal.Cause);
    }

    private async Task<KerberosCaller> GreetAsync(string service, KerberosClientOptions options)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab(service), realm.Krb5Conf);
        using var client = realm.Client(service, options);
        await host.GreetAsync(client);
        return Assert.Single(host.Callers);
    }

    private async Task<PeerLines> DirectoryAsync(string user) => (await ForeignProcess.RunAsync(
        PythonTools.Interpreter, ["-B", Path.Combine(MitTools.PeersFolder, "samba_sids.py"), Path.Combine(realm.Folder, "smb.conf"), user], "", realm.Environment())).EnsureSuccess().Lines;

    /// <summary>A cache with alice's ticket for test/localhost, got by the service mid for her.</summary>
    private async Task<string> DelegatedAsync()
    {
        var (own, hers) = (realm.NewCache(), realm.NewCache());
        var keytab = realm.Keytab("svc-mid");
        (await realm.RunAsync("kinit", ["-f", "-k", "-t", keytab, "svc-mid"], cache: own)).EnsureSuccess();
        (await realm.RunAsync("kvno", ["-k", keytab, "-U", "alice", "-P", "--out-cache", hers, "test/localhost"], cache: own)).EnsureSuccess();
        return hers;
    }

    private async Task<Step<AcceptedExchange>> AcceptAsync(string cache, IReadOnlyCollection<LongTermKey> ticketGrantingKeys)
    {
        var acceptor = new ApAcceptor(
            new AcceptorPolicy { TicketGrantingKeys = ticketGrantingKeys }, new MemoryReplayCache(TimeProvider.System), new AcceptorClock(TimeProvider.System), new ProcessSecret());
        var request = (await realm.RunAsync("apreq", ["mk", "test/localhost", "subkey"], cache: cache)).EnsureSuccess().Lines;
        return await acceptor.AcceptAsync(new IncomingCall(request.Bytes("ap-req"), Proof: null, RealmCalls.SayHello), KeytabLoader.Load(realm.Keytab("test")), CancellationToken.None);
    }
}
