using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Our KDC client and initiator against krb5kdc and krb5_rd_req.</summary>
[Collection(MitRealm.Collection)]
public sealed class OurInitiatorTests(MitRealm realm)
{
    public static TheoryData<string, int> Enctypes => MitClient.Enctypes;

    public static TheoryData<string, int, bool, bool> Logins
    {
        get
        {
            var logins = new TheoryData<string, int, bool, bool>();
            foreach (var row in MitClient.Enctypes)
                foreach (var overTcp in new[] { false, true })
                    foreach (var withPassword in new[] { false, true })
                        logins.Add((string)row[0], (int)row[1], overTcp, withPassword);
            return logins;
        }
    }

    [PeerTheory]
    [MemberData(nameof(Logins))]
    public async Task Ticket_FromKrb5kdc_OfThatServiceAndType(string enctype, int number, bool overTcp, bool withPassword)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype, overTcp, withPassword);

        Assert.Equal(MitClient.Alice, ticket.Client);
        Assert.Equal(MitClient.Service(enctype), ticket.Service);
        Assert.Equal(number, (int)ticket.SessionKey.Type);
        Assert.Equal(number, (int)ticket.Ticket.EncPart.Type);
        Assert.True(ticket.Ends > MitClient.Now());
    }

    [PeerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Login_WrongPassword_RefusedByKrb5kdc(bool overTcp)
    {
        var kdc = MitClient.Kdc(realm, overTcp);
        using var right = MitClient.Login(realm, kdc, withPassword: true);
        using var wrong = MitClient.Login(realm, kdc, withPassword: true, "bobpw");

        Assert.Equal(MitClient.Alice, (await right.GetGrantingTicketAsync(CancellationToken.None)).Client);
        var refused = await Assert.ThrowsAsync<KerberosException>(async () => await wrong.GetGrantingTicketAsync(CancellationToken.None));

        Assert.Equal(KerberosError.PreauthenticationFailed, refused.Error);
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_WithSubkeyAndNumber_TakenByMitAndItsAnswerVerified(string enctype, int number)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype);
        using var subkey = Subkey.Generate(ticket.SessionKey.Type);
        var request = Prepare(ticket, subkey);

        var accepted = (await AcceptAsync(enctype, request)).EnsureSuccess().Lines;
        var answer = Verified(request, accepted);

        Assert.Equal($"alice@{MitRealm.Name}", accepted["client"]);
        Assert.Equal(number, accepted.Number("subkey-etype"));
        Assert.Equal(subkey.Bytes.ToArray(), accepted.Bytes("subkey"));
        Assert.Equal(77, accepted.Number("sequence"));
        Assert.Equal(request.ClientTime.WholeSeconds.ToUnixTimeSeconds(), accepted.Number("ctime"));
        Assert.Equal(request.ClientTime.Microseconds, accepted.Number("cusec"));
        Assert.Equal(subkey.Bytes.ToArray(), answer.AcceptorSubkey!.Bytes.ToArray()); // MIT repeats the client's where it makes none.
        Assert.Equal((uint)accepted.Number("ap-rep-sequence"), answer.SequenceNumber);
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApRep_WithSubkeyOfMit_IsTheOneMitMade(string enctype, int number)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype);
        using var subkey = Subkey.Generate(ticket.SessionKey.Type);
        var request = Prepare(ticket, subkey);

        var accepted = (await AcceptAsync(enctype, request, "subkey")).EnsureSuccess().Lines;
        var answer = Verified(request, accepted);

        Assert.Equal(number, (int)answer.AcceptorSubkey!.Type);
        Assert.Equal(accepted.Bytes("ap-rep-subkey"), answer.AcceptorSubkey.Bytes.ToArray());
        Assert.NotEqual(accepted["subkey"], accepted["ap-rep-subkey"]);
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApRep_ToABareApReq_VerifiedWithoutSubkey(string enctype, int number)
    {
        var request = Prepare(await MitClient.TicketAsync(realm, enctype), subkey: null);

        var accepted = (await AcceptAsync(enctype, request)).EnsureSuccess().Lines;

        Assert.Null(Verified(request, accepted).AcceptorSubkey);
        Assert.Equal(0, accepted.Number("subkey-etype"));
        Assert.Equal(number, accepted.Number("session-key-etype"));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApRep_OfAnotherCallOrChanged_Refused(string enctype, int number)
    {
        var ticket = await MitClient.TicketAsync(realm, enctype);
        Assert.Equal(number, (int)ticket.SessionKey.Type);
        var request = Prepare(ticket, subkey: null);
        var other = PreparedApReq.Prepare(ticket, request.ClientTime + TimeSpan.FromMicroseconds(1), new ApReqContent());

        var reply = (await AcceptAsync(enctype, request)).EnsureSuccess().Lines.Bytes("ap-rep");

        Assert.True(VerifiedApRep.Verify(request, reply).Passed(out _, out _));
        AssertRefused("the KRB_AP_REP answers another authenticator", other, reply);
        AssertRefused("the KRB_AP_REP is not sealed with the ticket's session key", request, FlipLast(reply));
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task ApReq_OneOctetChanged_RefusedByMit(string enctype, int number)
    {
        var request = Prepare(await MitClient.TicketAsync(realm, enctype), subkey: null);

        var refused = await AcceptAsync(enctype, FlipLast(request.Encoded.ToArray()));
        var accepted = await AcceptAsync(enctype, request);

        Assert.StartsWith("rd_req 31 ", refused.Lines["error"], StringComparison.Ordinal); // KRB_AP_ERR_BAD_INTEGRITY
        Assert.Equal(number, accepted.EnsureSuccess().Lines.Number("ticket-etype"));
    }

    private static PreparedApReq Prepare(ServiceTicket ticket, Subkey? subkey) =>
        PreparedApReq.Prepare(ticket, MitClient.Now(), new ApReqContent { Subkey = subkey, SequenceNumber = 77 });

    private static VerifiedApRep Verified(PreparedApReq request, PeerLines accepted)
    {
        var passed = VerifiedApRep.Verify(request, accepted.Bytes("ap-rep")).Passed(out var answer, out var refusal);
        Assert.True(passed, refusal?.ToString());
        return answer!;
    }

    private static void AssertRefused(string detail, PreparedApReq request, byte[] reply)
    {
        Assert.False(VerifiedApRep.Verify(request, reply).Passed(out _, out var refusal));
        Assert.Equal((ApRejection.MutualAuthenticationFailed, detail), (refusal.Cause, refusal.Detail));
    }

    private static byte[] FlipLast(byte[] octets)
    {
        var changed = octets.ToArray();
        changed[^1] ^= 1;
        return changed;
    }

    private Task<ProcessOutput> AcceptAsync(string enctype, PreparedApReq request, params string[] options) =>
        AcceptAsync(enctype, request.Encoded.ToArray(), options);

    private Task<ProcessOutput> AcceptAsync(string enctype, byte[] request, params string[] options) =>
        realm.RunAsync("apreq", ["rd", .. options], Convert.ToHexString(request) + "\n", keytab: realm.Keytab("et-" + enctype));
}
