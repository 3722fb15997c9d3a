using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Interop.Tests.Kdc;

/// <summary>Our client and our acceptor across three MIT realms: the walk, the referrals, and the judgement of the way.</summary>
[Collection(CrossRealms.Collection)]
public sealed class CrossRealmTests(CrossRealms realms)
{
    private const string FromAToC = "\n[capaths]\n  A.TEST = {\n    C.TEST = B.TEST\n  }\n";
    private const string FromCToA = "\n[capaths]\n  C.TEST = {\n    A.TEST = B.TEST\n  }\n";

    [PeerFact]
    public async Task GetAsync_RealmsThatShareAKey_Ticket() =>
        AssertTicket("alice@A.TEST", "HTTP/svc.b.test@B.TEST", await GetAsync("A", "HTTP/svc.b.test@B.TEST", realms.Krb5Conf));

    [PeerFact]
    public async Task GetAsync_ByCapaths_TicketOverTheRealmBetween()
    {
        var hops = new List<string>();
        AssertTicket("alice@C.TEST", "HTTP/svc.a.test@A.TEST", await GetAsync("C", "HTTP/svc.a.test@A.TEST", realms.Krb5ConfWith(FromCToA), hops));
        Assert.Equal(["krbtgt/C.TEST@C.TEST", "krbtgt/B.TEST@C.TEST", "krbtgt/A.TEST@B.TEST", "HTTP/svc.a.test@A.TEST"], hops);
    }

    [PeerFact]
    public async Task GetAsync_WithoutCapaths_NoWay()
    {
        var e = await Assert.ThrowsAsync<KerberosException>(() => GetAsync("C", "HTTP/svc.a.test@A.TEST", realms.Krb5Conf));
        Assert.Equal(KerberosError.ServiceUnknown, e.Error);
        Assert.StartsWith("No way leads from C.TEST to A.TEST: the KDC of C.TEST shares a key with none of A.TEST, TEST. Next: ", e.Message, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task GetAsync_KdcKnowsTheWay_GoesByTheRealmItGives()
    {
        var hops = new List<string>();
        AssertTicket("alice@A.TEST", "HTTP/svc.c.test@C.TEST", await GetAsync("A", "HTTP/svc.c.test@C.TEST", realms.Krb5Conf, hops));
        Assert.Equal(["krbtgt/A.TEST@A.TEST", "krbtgt/B.TEST@A.TEST", "krbtgt/C.TEST@B.TEST", "HTTP/svc.c.test@C.TEST"], hops);
    }

    [PeerTheory]
    [InlineData("HTTP/svc.b.test@A.TEST", "HTTP/svc.b.test@B.TEST")]
    [InlineData("HTTP/svc.c.test@A.TEST", "HTTP/svc.c.test@C.TEST")]
    public async Task GetAsync_ServiceTheKdcKnowsToBeElsewhere_ReferralsFollowed(string asked, string given) =>
        AssertTicket("alice@A.TEST", given, await GetAsync("A", asked, realms.Krb5Conf));

    [PeerFact]
    public async Task GetAsync_ServiceNobodyHas_ServiceUnknown()
    {
        var e = await Assert.ThrowsAsync<KerberosException>(() => GetAsync("A", "HTTP/nobody.c.test@A.TEST", realms.Krb5Conf));
        Assert.Equal(KerberosError.ServiceUnknown, e.Error);
        Assert.StartsWith("C.TEST knows no service HTTP/nobody.c.test", e.Message, StringComparison.Ordinal);
    }

    /// <summary>C's KDC gave it without the flag, so the acceptor's own [capaths] decides.</summary>
    [PeerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcceptAsync_NoKdcVouchesForTheWay_AsTheAcceptorsCapathsHasIt(bool knowsTheWay)
    {
        var ticket = await GetAsync("A", "HTTP/svc.c.test@C.TEST", realms.Krb5Conf);
        Assert.False(ticket.Flags.HasFlag(TicketFlags.TransitedPolicyChecked));
        var refusal = await JudgeAsync("C", ticket, ["A.TEST"], knowsTheWay ? FromAToC : "");
        Assert.Equal(knowsTheWay ? null : ApRejection.TransitRefused, refusal?.Cause);
        if (!knowsTheWay) Assert.Contains("came through B.TEST, which is not on the way from A.TEST to C.TEST", refusal!.Detail, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task AcceptAsync_TheKdcVouchesForTheWay_Accepted()
    {
        var ticket = await GetAsync("C", "HTTP/svc.a.test@A.TEST", realms.Krb5ConfWith(FromCToA));
        Assert.True(ticket.Flags.HasFlag(TicketFlags.TransitedPolicyChecked));
        Assert.Null(await JudgeAsync("A", ticket, ["C.TEST"], ""));
    }

    [PeerFact]
    public async Task AcceptAsync_RealmNotListed_RealmRefused()
    {
        var ticket = await GetAsync("C", "HTTP/svc.a.test@A.TEST", realms.Krb5ConfWith(FromCToA));
        Assert.Equal(ApRejection.RealmRefused, (await JudgeAsync("A", ticket, ["B.TEST"], FromCToA))?.Cause);
    }

    /// <summary>What MIT's own client fetched passes as ours does.</summary>
    [PeerFact]
    public async Task AcceptAsync_TicketOfKvno_AsTheAcceptorsCapathsHasIt()
    {
        var cache = realms.NewFile("cc");
        (await realms.RunAsync("kinit", ["-k", "-t", realms.Keytab("A", "alice"), "alice@A.TEST"], cache)).EnsureSuccess();
        (await realms.RunAsync("kvno", ["HTTP/svc.c.test@C.TEST"], cache)).EnsureSuccess();
        var ticket = CredentialCacheFile.Load(new FileLocation(cache)).Find(KerberosPrincipal.Parse("HTTP/svc.c.test@C.TEST"))!;
        Assert.Null(await JudgeAsync("C", ticket, ["A.TEST"], FromAToC));
        Assert.Equal(ApRejection.TransitRefused, (await JudgeAsync("C", ticket, ["A.TEST"], ""))?.Cause);
    }

    private static void AssertTicket(string client, string service, ServiceTicket ticket) =>
        Assert.Equal((client, service), (ticket.Client.ToString(), ticket.Service.ToString()));

    private async Task<ServiceTicket> GetAsync(string home, string service, string krb5Conf, List<string>? hops = null)
    {
        var events = new KdcEvents { TicketObtained = (ticket, _, _) => hops?.Add(ticket.Service.ToString()) };
        var client = KdcClient.Create(Krb5Config.Load(krb5Conf, static _ => null), null, [], [], TimeSpan.FromMinutes(1), TimeProvider.System, events);
        var keytab = realms.Keytab(home, "alice");
        using var source = new TicketSource(new KeytabLogin(null, _ => new(KeytabLoader.Load(keytab)), keytab, client), client, TimeProvider.System);
        return await source.GetAsync(KerberosPrincipal.Parse(service), CancellationToken.None);
    }

    private async Task<ApRefusal?> JudgeAsync(string home, ServiceTicket ticket, string[] permitted, string capaths)
    {
        var time = TimeProvider.System;
        var policy = new AcceptorPolicy { Realms = permitted, Capaths = Krb5Config.Load(realms.Krb5ConfWith(capaths), static _ => null).Capaths, UnsafeCallsOnTokenAlone = true };
        var acceptor = new ApAcceptor(policy, new MemoryReplayCache(time), new AcceptorClock(time), new ProcessSecret());
        using var subkey = Subkey.Generate(ticket.SessionKey.Type);
        var request = PreparedApReq.Prepare(ticket, new KerberosTime(time.GetUtcNow()), new ApReqContent { Subkey = subkey });
        var call = new IncomingCall(request.Encoded, Proof: null, "/greeter.v1.Greeter/SayHello");
        (await acceptor.AcceptAsync(call, KeytabLoader.Load(realms.Keytab(home, "http")), CancellationToken.None)).Passed(out _, out var refusal);
        return refusal;
    }
}
