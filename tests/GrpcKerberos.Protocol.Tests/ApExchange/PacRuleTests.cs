using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>The PAC's turn among the acceptor's rules.</summary>
public sealed class PacRuleTests
{
    private const string Alice = TestLogonInfo.DefaultDomain + "-1103";

    private static readonly AcceptorPolicy s_requiring = new() { RequirePac = true };

    [Fact]
    public async Task Accept_GoodPac_SaysWhoTheAccountIs()
    {
        var accepted = await new Lab().AcceptsAsync(WithPac());
        Assert.Equal(Alice, accepted.Data!.User.ToString());
        Assert.Equal("alice@corp.example", accepted.Data.UserPrincipalName);
    }

    [Fact]
    public async Task Accept_NoPac_SaysNothing()
    {
        Assert.Null((await new Lab().AcceptsAsync()).Data);
        Assert.Null((await new Lab().AcceptsAsync(WithPac(static p => (p.Logon, p.UserPrincipalName) = (null, null)))).Data);
    }

    /// <summary>Signed by somebody else, whole or in part: the call is refused, and nothing the PAC says is anywhere (CVE-2024-26248, CVE-2024-29056).</summary>
    [Fact]
    public Task Accept_SignatureOfAnother_PacSignatureInvalid() => RefusesAsync(ApRejection.PacSignatureInvalid, static p => p.ChangeSigned = static pac =>
    {
        pac[TestPac.OffsetOf(pac, 6) + 4] ^= 1;
        return pac;
    });

    [Fact]
    public async Task Accept_PacSignedByAClientThatMadeItself_PacSignatureInvalid()
    {
        static Action<CallTemplate> SignedBy(LongTermKey? key) => c => c.ChangeTicket(t =>
        {
            var own = key ?? t.SealingKey;
            t.ChangePlaintext = octets => new TestPac().PutInto(EncTicketPart.Decode(octets), own).Encode();
        });

        await new Lab().AcceptsAsync(SignedBy(null));
        var refusal = await new Lab().RefusalAsync(SignedBy(LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha384)));
        Assert.Equal((ApRejection.PacSignatureInvalid, KerberosError.PacRefused), (refusal.Cause, refusal.Cause.Error()));
    }

    [Fact]
    public Task Accept_PacOfAnotherClient_PacMismatch() => RefusesAsync(ApRejection.PacMismatch, static p => p.ClientName = "bob");

    [Fact]
    public Task Accept_PacOfTwoAccounts_PacMismatch() => RefusesAsync(ApRejection.PacMismatch, static p => p.RequestorSid = TestLogonInfo.DefaultDomain + "-500");

    [Fact]
    public Task Accept_MalformedPac_PacMalformed() => RefusesAsync(ApRejection.PacMalformed, static p => p.ChangeSigned = static _ => []);

    [Fact]
    public Task Accept_PacOutsideIfRelevant_AuthorizationDataRefused() => MovedAsync(static pac => [pac]);

    [Fact]
    public Task Accept_PacNestedDeeper_AuthorizationDataRefused() => MovedAsync(static pac => [AuthorizationData.IfRelevant(AuthorizationData.IfRelevant(pac))]);

    [Fact]
    public Task Accept_TwoPacsInOneContainer_AuthorizationDataRefused() => MovedAsync(static pac => [AuthorizationData.IfRelevant(pac, pac)]);

    [Fact]
    public Task Accept_TwoPacsInTwoContainers_AuthorizationDataRefused() => MovedAsync(static pac => [AuthorizationData.IfRelevant(pac), AuthorizationData.IfRelevant(pac)]);

    /// <summary>What the client writes into its authenticator is the client's own word.</summary>
    [Fact]
    public async Task Accept_PacInTheAuthenticator_IsNotSeen()
    {
        static void Move(CallTemplate c)
        {
            AuthorizationData? pac = null;
            c.ChangeTicket(t => t.ChangePlaintext = octets =>
            {
                pac = new TestPac().PutInto(EncTicketPart.Decode(octets), t.SealingKey).AuthorizationData![0];
                return octets;
            });
            c.Authenticator = c.Authenticator with { AuthorizationData = [.. c.Authenticator.AuthorizationData!, pac!] };
        }

        Assert.Null((await new Lab().AcceptsAsync(Move)).Data);
        Assert.Equal(ApRejection.PacMissing, (await new Lab(policy: s_requiring).RefusalAsync(Move)).Cause);
    }

    [Fact]
    public async Task Accept_RequirePac_TicketWithout_PacMissing()
    {
        await new Lab(policy: s_requiring).AcceptsAsync(WithPac());
        var refusal = await new Lab(policy: s_requiring).RefusalAsync(static _ => { });
        Assert.Equal((ApRejection.PacMissing, KerberosErrorCode.KDC_ERR_POLICY, KerberosError.PacRefused), (refusal.Cause, refusal.Cause.Code(), refusal.Cause.Error()));
        Assert.Contains("Next:", refusal.Detail, StringComparison.Ordinal);
    }

    /// <summary>MIT's PAC names no account: it is no reason to believe that there is one.</summary>
    [Fact]
    public Task Accept_RequirePac_PacWithoutLogonInfo_PacMissing() => RefusesAsync(ApRejection.PacMissing, static p => p.Logon = null, s_requiring);

    [Fact]
    public async Task Accept_TicketGrantingKeys_SeeATicketThatWasSealedAnew()
    {
        var pac = new TestPac();
        var policy = new AcceptorPolicy { TicketGrantingKeys = [pac.KdcKey] };
        Action<CallTemplate> good = c => c.ChangeTicket(t => t.Pac = pac);
        Action<CallTemplate> sealedAnew = c => c.ChangeTicket(t =>
        {
            t.Pac = pac;
            t.ChangePlaintext = static octets =>
            {
                var part = EncTicketPart.Decode(octets);
                return (part with { Flags = part.Flags | TicketFlags.Forwardable }).Encode();
            };
        });

        await new Lab(policy: policy).AcceptsAsync(good);
        await new Lab().AcceptsAsync(sealedAnew);
        Assert.Equal(ApRejection.PacSignatureInvalid, (await new Lab(policy: policy).RefusalAsync(sealedAnew)).Cause);
    }

    private static Action<CallTemplate> WithPac(Action<TestPac>? change = null) => c => c.ChangeTicket(t =>
    {
        t.Pac = new TestPac();
        change?.Invoke(t.Pac);
    });

    private static Task RefusesAsync(ApRejection cause, Action<TestPac> change, AcceptorPolicy? policy = null) => Lab.RefusesAsync(cause, WithPac(change), policy, WithPac());

    private static Task MovedAsync(Func<AuthorizationData, IReadOnlyList<AuthorizationData>> move)
    {
        Action<CallTemplate> Ticket(Func<AuthorizationData, IReadOnlyList<AuthorizationData>> how) => c => c.ChangeTicket(t =>
        {
            t.Pac = new TestPac();
            t.ChangePlaintext = octets =>
            {
                var part = EncTicketPart.Decode(octets);
                return (part with { AuthorizationData = how(AuthorizationData.DecodeList(part.AuthorizationData![0].Data)[0]) }).Encode();
            };
        });

        return Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, Ticket(move), baseChange: Ticket(static pac => [AuthorizationData.IfRelevant(pac)]));
    }
}
