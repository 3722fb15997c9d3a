using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Kdc;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

/// <summary>Accounts with a SID: the PAC of their tickets passes every check that a holder of both keys can make.</summary>
public sealed class AccountSidTests
{
    private const string Domain = "S-1-5-21-1-2-3";
    private const string Foreign = "S-1-5-21-7-8-9-1200";

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    public void Answer_ClientWithASid_PacOfThatAccount(int type)
    {
        var kdc = new MemoryKdc((EncryptionType)type);
        var bob = AddBob(kdc, static o =>
        {
            foreach (var group in new[] { Domain + "-1105", Foreign, "S-1-18-1", Domain + "-1105" }) o.GroupSids.Add(group);
        });

        var pac = Verify(kdc, kdc.ServiceReply(kdc.ServiceBody, Granting(kdc, bob)).Reply);

        Assert.Equal(Domain + "-1104", pac.Logon!.User.ToString());
        Assert.Equal(Domain + "-513", pac.Logon.PrimaryGroup.ToString());
        Assert.Equal([Domain + "-513", Domain + "-1105", Foreign, "S-1-18-1"], pac.Logon.Groups.ToTexts());
        Assert.Equal("bob@test.local", pac.UserPrincipalName);
    }

    [Fact]
    public void Answer_UserPrincipalName_InThePac()
    {
        var kdc = new MemoryKdc();
        var bob = AddBob(kdc, static o => o.UserPrincipalName = "robert@corp.example");

        Assert.Equal("robert@corp.example", Verify(kdc, kdc.ServiceReply(kdc.ServiceBody, Granting(kdc, bob)).Reply).UserPrincipalName);
    }

    [Fact]
    public void Answer_LoginForAServiceAtOnce_PacToo()
    {
        var kdc = new MemoryKdc();
        var bob = AddBob(kdc);
        var key = bob.Find(kdc.LoginBody.EncryptionTypes[0])!.Key!;
        var body = kdc.LoginBody with { ClientName = bob.Principal.Name, ServiceName = kdc.Web.Principal.Name };

        Assert.NotNull(Verify(kdc, kdc.Reply(kdc.Login(body, key: key), key, KeyUsage.AsRepEncPart).Reply).Logon);
    }

    [Fact]
    public void Answer_ClientWithoutASid_NoPac()
    {
        var kdc = new MemoryKdc();
        Assert.Null(MemoryKdc.Open(kdc.ServiceReply(kdc.ServiceBody, kdc.GrantingTicket()).Reply.Ticket, kdc.Web).AuthorizationData);
    }

    /// <summary>A client may ask for elements in its ticket, and must not choose who it is.</summary>
    [Fact]
    public void Answer_ClientAsksForAPacOfItsOwn_GetsTheKdcs()
    {
        var kdc = new MemoryKdc();
        var granting = Granting(kdc, AddBob(kdc));
        var own = AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.Win2kPac, new byte[8]));
        var other = AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)4242, new byte[8]));
        var cipher = granting.SessionKey.Seal(KeyUsage.TgsReqAuthDataSessionKey, AuthorizationData.EncodeList([own, other]));

        var (reply, _) = kdc.ServiceReply(kdc.ServiceBody with { EncAuthorizationData = new EncryptedData(granting.SessionKey.Type, null, cipher) }, granting);

        Assert.NotNull(Verify(kdc, reply).Logon);
        Assert.Equal(2, MemoryKdc.Open(reply.Ticket, kdc.Web).AuthorizationData!.Count);
    }

    [Fact]
    public void Answer_RenewalOfAServicesTicket_OnePacThatSignsTheNewTicket()
    {
        var kdc = new MemoryKdc();
        var bob = AddBob(kdc);
        var ticket = kdc.Issue(kdc.Web, t => (t.Client, t.Flags, t.RenewTill, t.Pac) =
            (bob.Principal, t.Flags | TicketFlags.Renewable, kdc.Now + TimeSpan.FromDays(1), kdc.Service.Database.PacOf(bob.Principal, kdc.Web)));
        kdc.Clock.Advance(TimeSpan.FromHours(1));

        var (reply, _) = kdc.ServiceReply(kdc.ServiceBody with { Options = KdcOptions.Renew }, ticket);

        Assert.NotNull(Verify(kdc, reply).Logon);
        Assert.Single(MemoryKdc.Open(reply.Ticket, kdc.Web).AuthorizationData!);
    }

    [Theory]
    [InlineData(null, "S-1-5-21-1-2-3-1105", null)]
    [InlineData(null, null, "bob@corp.example")]
    [InlineData("bob", null, null)]
    [InlineData("S-1-5-18", null, null)]
    [InlineData("S-1-5-21-1-2-3-0", null, null)]
    [InlineData("S-1-5-21-1-2-3-1104", "Operators", null)]
    public async Task AddUser_SidThatIsNone_SaysWhatToWrite(string? sid, string? group, string? name)
    {
        await using var realm = await TestRealm.StartAsync();
        realm.AddUser("alice", static o => (o.Sid, o.UserPrincipalName) = ("S-1-5-21-1-2-3-1104", "bob@corp.example"));

        var e = Assert.Throws<ArgumentException>(() => realm.AddUser("bob", o =>
        {
            (o.Sid, o.UserPrincipalName) = (sid, name);
            if (group is not null) o.GroupSids.Add(group);
        }));
        Assert.Contains("Next:", e.Message, StringComparison.Ordinal);
    }

    private static KdcAccount AddBob(MemoryKdc kdc, Action<TestAccountOptions>? configure = null)
    {
        var options = new TestAccountOptions { Sid = Domain + "-1104" };
        configure?.Invoke(options);
        var principal = KerberosPrincipal.Parse($"bob@{MemoryKdc.Realm}");
        var bob = KdcAccount.WithRandomKeys(principal, kdc.Alice.EncryptionTypes, AccountIdentity.Of(principal, options));
        kdc.Service.Database.Add(bob);
        return bob;
    }

    private static ServiceTicket Granting(MemoryKdc kdc, KdcAccount client) => kdc.GrantingTicket(t => t.Client = client.Principal);

    private static VerifiedPac Verify(MemoryKdc kdc, KdcRep reply)
    {
        var ticket = MemoryKdc.Open(reply.Ticket, kdc.Web);
        var pacs = ticket.AuthorizationData!.Where(static e => e.Type == AuthorizationDataType.IfRelevant)
            .SelectMany(static e => AuthorizationData.DecodeList(e.Data)).Where(static e => e.Type == AuthorizationDataType.Win2kPac);
        var key = kdc.Web.Find(reply.Ticket.EncPart.Type)!.Key!;
        return VerifiedPac.Verify(Assert.Single(pacs).Data, ticket, key, MemoryKdc.Realm, [kdc.TicketGrantingService.Find()!.Key!]);
    }
}
