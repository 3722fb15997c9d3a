using System.Text;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Which way a ticket may have come (the class of faults of CVE-2017-6594). The service is of TEST.LOCAL.</summary>
public sealed class TransitedRuleTests
{
    private const string None = "";
    private const string Partner = "A.TEST={TEST.LOCAL=B.TEST}";
    private const string Two = "A.TEST={TEST.LOCAL=B.TEST C.TEST}";
    private const string Direct = "A.TEST={TEST.LOCAL=.}";

    [Theory]
    // straight from realm to realm
    [InlineData("A.TEST", "", None)]
    [InlineData("A.TEST", "", Direct)]
    // on the way that [capaths] has
    [InlineData("A.TEST", "B.TEST", Partner)]
    [InlineData("A.TEST", "B.TEST,C.TEST", Two)]
    [InlineData("A.TEST", "C.TEST", Two)]
    // the ends of the way add nothing
    [InlineData("A.TEST", "A.TEST,B.TEST,TEST.LOCAL", Partner)]
    // up and down the tree
    [InlineData("X.Y.LOCAL", "Y.LOCAL,LOCAL", None)]
    [InlineData("X.Y.LOCAL", "LOCAL,Y.", None)]
    [InlineData("X.Y.LOCAL", ",", None)]
    public async Task Check_OnTheWay_Accepted(string client, string transited, string capaths) => await LabOf(client, capaths).AcceptsAsync(Come(client, transited));

    [Theory]
    [InlineData("A.TEST", "B.TEST", None, "B.TEST")]
    [InlineData("A.TEST", "B.TEST", Direct, "B.TEST")]
    [InlineData("A.TEST", "B.TEST,EVIL.TEST", Partner, "EVIL.TEST")]
    [InlineData("A.TEST", "EVIL.,B.TEST", Partner, "EVIL.")]
    [InlineData("A.TEST", "B.TEST,EVIL.", Partner, "EVIL.B.TEST")]
    [InlineData("A.TEST", "b.test", Partner, "b.test")]
    [InlineData("A.TEST", "C.TEST", Partner, "C.TEST")]
    // another client's way
    [InlineData("Z.TEST", "B.TEST", Partner, "B.TEST")]
    // [capaths] goes before the tree
    [InlineData("X.Y.LOCAL", "Y.LOCAL", "X.Y.LOCAL={TEST.LOCAL=LOCAL}", "Y.LOCAL")]
    // beside the tree
    [InlineData("X.Y.LOCAL", "Z.LOCAL", None, "Z.LOCAL")]
    [InlineData("X.Y.LOCAL", "LOCAL,Z.", None, "Z.LOCAL")]
    // a client of the service's own realm comes through no other
    [InlineData("TEST.LOCAL", "B.TEST", None, "B.TEST")]
    public async Task Check_OffTheWay_TransitRefusedNamingTheRealm(string client, string transited, string capaths, string stray)
    {
        await LabOf(client, capaths).AcceptsAsync(Come(client, ""));
        var refusal = await LabOf(client, capaths).RefusalAsync(Come(client, transited));
        Assert.Equal(ApRejection.TransitRefused, refusal.Cause);
        Assert.Contains($" came through {stray}, which is not on the way from {client} to TEST.LOCAL", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("Next: ", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("B.TEST\\")]
    [InlineData("B.TEST\n")]
    [InlineData(",")]
    public async Task Check_ListThatTellsNoWay_TransitRefused(string transited)
    {
        await LabOf("A.TEST", Partner).AcceptsAsync(Come("A.TEST", "B.TEST"));
        var refusal = await LabOf("A.TEST", Partner).RefusalAsync(Come("A.TEST", transited));
        Assert.Equal(ApRejection.TransitRefused, refusal.Cause);
        Assert.Contains("cannot be told from its list", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_UnknownEncoding_TransitRefusedThoughItsRealmIsOnTheWay()
    {
        await LabOf("A.TEST", Partner).AcceptsAsync(Come("A.TEST", "B.TEST"));
        var refusal = await LabOf("A.TEST", Partner).RefusalAsync(Come("A.TEST", "B.TEST", type: 2));
        Assert.Equal(ApRejection.TransitRefused, refusal.Cause);
    }

    [Theory]
    [InlineData("EVIL.TEST", 1)]
    [InlineData("\\", 1)]
    [InlineData("EVIL.TEST", 2)]
    public async Task Check_CheckedByTheKdc_Accepted(string transited, int type) =>
        await LabOf("A.TEST", None).AcceptsAsync(Come("A.TEST", transited, type, TicketFlags.TransitedPolicyChecked));

    [Fact]
    public async Task Check_CheckedByTheKdcAndRealmNotPermitted_RealmRefused()
    {
        var refusal = await LabOf("A.TEST", Partner).RefusalAsync(Come("Z.TEST", "B.TEST", flags: TicketFlags.TransitedPolicyChecked));
        Assert.Equal(ApRejection.RealmRefused, refusal.Cause);
    }

    private static Lab LabOf(string realm, string capaths) => new(policy: new AcceptorPolicy { Realms = [realm], Capaths = Read(capaths) });

    /// <summary>One relation as <c>CLIENT={SERVICE=THROUGH}</c>.</summary>
    private static Capaths Read(string text)
    {
        if (text.Length == 0) return Capaths.Empty;
        var parts = text.TrimEnd('}').Split("={", 2);
        var relation = parts[1].Split('=');
        return Capaths.Of([new Krb5Relation(["capaths", parts[0]], relation[0], relation[1], "krb5.conf", 1)]);
    }

    private static Action<CallTemplate> Come(string realm, string transited, int type = TransitedEncoding.DomainX500Compress, TicketFlags flags = TicketFlags.None) => call =>
    {
        var client = Lab.Principal($"alice@{realm}");
        call.ChangeTicket(t =>
        {
            t.Client = client;
            t.Transited = new TransitedEncoding(type, Encoding.UTF8.GetBytes(transited));
            t.Flags |= flags;
        });
        call.Authenticator = call.Authenticator with { Client = client };
    };
}
