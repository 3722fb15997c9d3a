using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>Logins in armour (RFC 6113), and answers in and out of it that are not believed.</summary>
public sealed class FastTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;
    private readonly FastKdc _fast;

    public FastTests()
    {
        _kdc = new FakeKdc(_time);
        _fast = new FastKdc(_kdc, _time);
    }

    [Fact]
    public async Task Login_ArmorCache_EveryRequestArmoredAndCookieGivenBack()
    {
        Assert.Equal(FakeKdc.Alice, (await LoginAsync(_fast.Cache())).Client);
        Assert.Equal(2, _kdc.Logins);
        Assert.All(_kdc.Requests, static r => Assert.Equal(PreAuthType.FxFast, Assert.Single(r.Request.PreAuthData!).Type));
        Assert.Equal(
            [PreAuthType.EncryptedChallenge, PreAuthType.FxCookie, PreAuthType.ReqEncPaRep],
            _fast.Inside[^1].PreAuthData.Select(static p => p.Type));
    }

    [Fact]
    public async Task Login_NoCacheAndKdcDemandsArmor_ByTheHostsKeytab()
    {
        Assert.Equal(FakeKdc.Alice, (await LoginAsync(_fast.Keytab())).Client);
        Assert.Equal(["alice", "host/orders.test.local", "alice", "alice"], _kdc.Requests.Select(static r => r.Request.Body.ClientName!.ToString()));
        Assert.DoesNotContain(_kdc.Requests, static r => FakeKdc.IsProved(r.Request));
    }

    /// <summary>Without the first test to compare with, a key nobody strengthened would not be missed.</summary>
    [Fact]
    public async Task Login_KdcStrengthensNoKey_Ticket()
    {
        _fast.Response = static r => r with { StrengthenKey = null };
        Assert.Equal(FakeKdc.Alice, (await LoginAsync(_fast.Cache())).Client);
    }

    [Fact]
    public async Task Login_ClientsNameOutsideChanged_TheOneInTheArmor()
    {
        _fast.Rep = static rep => rep with { Client = KerberosPrincipal.Parse("mallory@TEST.LOCAL") };
        Assert.Equal(FakeKdc.Alice, (await LoginAsync(_fast.Cache())).Client);
    }

    /// <summary>The KDC's clock jumps once it took the armour.</summary>
    [Fact]
    public async Task Login_SkewToldInTheArmor_CorrectedOnce()
    {
        _fast.ErrorResponse = r =>
        {
            _fast.ClockOffset = TimeSpan.FromMinutes(10);
            return r;
        };
        _fast.JudgesArmorsTime = false;
        Assert.Equal(FakeKdc.Alice, (await LoginAsync(_fast.Cache())).Client);
        Assert.Equal(3, _kdc.Logins);
    }

    [Theory]
    [InlineData(KerberosErrorCode.KDC_ERR_PREAUTH_FAILED, KerberosError.PreauthenticationFailed)]
    [InlineData(KerberosErrorCode.KDC_ERR_CLIENT_REVOKED, KerberosError.KdcRefused)]
    [InlineData(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN, KerberosError.ClientUnknown)]
    internal async Task Login_RefusedInTheArmor_AsWithout(KerberosErrorCode code, KerberosError error)
    {
        _fast.Refusal = code;
        await ThrowsAsync(_fast.Cache(), error, $"({code}, {(int)code})");
    }

    [Fact]
    public async Task Login_NonceOfTheReplyInTheArmor_Refused() =>
        await WrongAsync(static f => f.Response = static r => r with { Nonce = r.Nonce + 1 }, "the nonce in its armour is not the request's");

    [Fact]
    public async Task Login_NonceOfAnErrorInTheArmor_Refused() =>
        await WrongAsync(static f => f.ErrorResponse = static r => r with { Nonce = r.Nonce + 1 }, "the nonce in its armour is not the request's");

    [Fact]
    public async Task Login_NotFinished_Refused() =>
        await WrongAsync(static f => f.Response = static r => r with { Finished = null }, "nothing in its armour vouches for the ticket");

    [Fact]
    public async Task Login_OtherTicket_Refused() =>
        await WrongAsync(
            static f => f.Rep = rep => rep with { Ticket = f.Issue(FakeKdc.Alice, EncryptionType.Aes256CtsHmacSha1).Ticket }, "its armour vouches for another ticket");

    [Fact]
    public async Task Login_TicketsChecksumOfOtherType_Refused() =>
        await WrongAsync(
            static f => f.Response = static r => r with { Finished = r.Finished! with { TicketChecksum = r.Finished.TicketChecksum with { Type = ChecksumType.HmacMd5 } } },
            "its armour vouches for another ticket");

    [Fact]
    public async Task Login_FinishedForOtherClient_Refused() =>
        await WrongAsync(
            static f => f.Response = static r => r with { Finished = r.Finished! with { Client = KerberosPrincipal.Parse("mallory@TEST.LOCAL") } },
            "it is made out to another client than alice@TEST.LOCAL");

    [Fact]
    public async Task Login_KdcDoesNotProveItself_Refused() =>
        await WrongAsync(
            static f => f.Response = static r => r with { PreAuthData = [] }, "the KDC does not prove that it has the client's key");

    [Fact]
    public async Task Login_KdcProvesOtherKey_Refused() =>
        await WrongAsync(
            static f => f.ProvesWith = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1), "the KDC's proof that it has the client's key is wrong");

    [Fact]
    public async Task Login_KdcsProofSaysOtherType_Refused() =>
        await WrongAsync(
            static f => f.Response = static r =>
                r with { PreAuthData = [new PreAuthData(PreAuthType.EncryptedChallenge, (EncryptedData.Decode(r.PreAuthData[0].Value) with { Type = EncryptionType.Aes256CtsHmacSha384 }).Encode())] },
            "the KDC's proof that it has the client's key is wrong");

    [Fact]
    public async Task Login_KdcsProofIsNoMessage_Refused() =>
        await WrongAsync(
            static f => f.Response = static r => r with { PreAuthData = [new PreAuthData(PreAuthType.EncryptedChallenge, new byte[] { 1 })] }, "in its encrypted challenge ");

    [Fact]
    public async Task Login_ArmorOfOtherKey_Refused() =>
        await WrongAsync(static f => f.SealsArmorWith = static k => Subkey.Generate(k.Type), "its armour does not open with our armour's key");

    [Fact]
    public async Task Login_ArmorThatSaysOtherType_Refused() =>
        await WrongAsync(
            static f => f.Rep = static rep =>
            {
                var inside = FastArmoredReply.Decode(rep.PreAuthData![0].Value).EncFastResponse with { Type = EncryptionType.Aes256CtsHmacSha384 };
                return rep with { PreAuthData = [new PreAuthData(PreAuthType.FxFast, new FastArmoredReply(inside).Encode())] };
            },
            "its armour does not open with our armour's key");

    [Fact]
    public async Task Login_StrengthenKeyOfWrongLength_Refused() =>
        await WrongAsync(
            static f => f.Response = static r => r with { StrengthenKey = new EncryptionKey(EncryptionType.Aes256CtsHmacSha1, new byte[7]) }, "the key in its armour is of no use");

    [Fact]
    public async Task Login_NoErrorInTheArmor_Refused() =>
        await WrongAsync(static f => f.ErrorResponse = static r => r with { PreAuthData = [] }, "there is no error in its armour");

    /// <summary>The downgrade: were this believed, the client would send its time under its own key, for anybody to try passwords on.</summary>
    [Theory]
    [InlineData(KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED)]
    [InlineData(KerberosErrorCode.KRB_AP_ERR_SKEW)]
    [InlineData(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN)]
    internal async Task Login_ErrorWithoutArmor_NotBelieved(KerberosErrorCode code)
    {
        await LoginAsync(_fast.Cache());
        _kdc.Requests.Clear();
        _fast.Bytes = _ => _kdc.Error(code, FakeKdc.MethodData(new EtypeInfo2Entry(_kdc.AliceKey.Type, "TEST.LOCALalice")));
        await ThrowsAsync(_fast.Cache(), KerberosError.KdcRefused, $"KDC dc1.test.local:88 answered an armoured login (FAST, RFC 6113) without armour, {code}, {(int)code}, so that answer is not believed. Next: ");
        Assert.Single(_kdc.Requests);
    }

    [Fact]
    public async Task Login_ErrorDataThatIsNoMethodData_NotBelieved()
    {
        _fast.Bytes = _ => _kdc.Error(KerberosErrorCode.KDC_ERR_POLICY, [1, 2, 3]);
        await ThrowsAsync(_fast.Cache(), KerberosError.KdcRefused, "without armour, KDC_ERR_POLICY, 12, so that answer is not believed");
    }

    [Fact]
    public async Task Login_ReplyWithoutArmor_NotBelieved()
    {
        _fast.Rep = static rep => rep with { PreAuthData = null };
        await ThrowsAsync(_fast.Cache(), KerberosError.KdcRefused, "without armour, so that answer is not believed");
    }

    [Fact]
    public async Task Login_NoEncryptedChallengeOffered_SaysSo()
    {
        _fast.Offers = PreAuthType.EncTimestamp;
        await ThrowsAsync(_fast.Cache(), KerberosError.KdcRefused, "encrypted challenge is not among its methods. Next: permit encrypted challenge");
    }

    [Fact]
    public async Task Login_ArmorOfOtherRealm_SaysSo()
    {
        _fast.Armor = _fast.Issue(FastKdc.Host, EncryptionType.Aes256CtsHmacSha1, "OTHER.LOCAL");
        await ThrowsAsync(_fast.Cache(), KerberosError.NoCredentials, "is not good for a KDC of TEST.LOCAL. Next: fill the cache that ArmorCredentialCache names");
    }

    [Fact]
    public async Task Login_DemandedAndNothingToGetArmorBy_SaysWhy()
    {
        await DemandedAsync(Armory.Empty, "this host's keytab has no other key of that realm");
        await DemandedAsync(new Armory(null, () => _kdc.Keytab()), "this host's keytab has no other key of that realm");
        await DemandedAsync(new Armory(null, static () => KeytabLoader.Load("/nowhere/krb5.keytab")), "this host's keytab gives none (Keytab /nowhere/krb5.keytab does not exist)");
        await DemandedAsync(new Armory(null, () => Keytab("bob@TEST.LOCAL")), "so it does that of bob@TEST.LOCAL");
    }

    [Fact]
    public void HostKeys_SeveralPrincipals_TheHostsOfTheRealm()
    {
        var armory = new Armory(null, () => Keytab("alice@TEST.LOCAL", "host/a@OTHER.LOCAL", "nfs/a@TEST.LOCAL", "host/a@TEST.LOCAL"));
        Assert.Equal("host/a@TEST.LOCAL", armory.HostKeys(FakeKdc.Alice)!.Client.ToString());
        armory = new Armory(null, () => Keytab("alice@TEST.LOCAL", "host/a@OTHER.LOCAL", "nfs/a@TEST.LOCAL"));
        Assert.Equal("nfs/a@TEST.LOCAL", armory.HostKeys(FakeKdc.Alice)!.Client.ToString());
    }

    private static Keytab Keytab(params string[] principals) =>
        new([.. principals.Select(static p => new KeytabEntry(KerberosPrincipal.Parse(p), 1, EncryptionType.Aes256CtsHmacSha1, LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1)))]);

    private Task DemandedAsync(Armory armory, string why) =>
        ThrowsAsync(armory, KerberosError.KdcRefused, $"KDC dc1.test.local:88 takes the key of alice@TEST.LOCAL in armour alone (FAST, RFC 6113), and {why}");

    private async Task WrongAsync(Action<FastKdc> change, string what)
    {
        await LoginAsync(_fast.Cache());
        change(_fast);
        await ThrowsAsync(_fast.Cache(), KerberosError.KdcRefused, $"KDC dc1.test.local:88 gave an answer that is not right: {what}");
    }

    private async Task ThrowsAsync(Armory armory, KerberosError error, string text)
    {
        var e = await Assert.ThrowsAsync<KerberosException>(() => LoginAsync(armory));
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Equal(error, e.Error);
    }

    private async Task<ServiceTicket> LoginAsync(Armory armory)
    {
        using var login = _kdc.Login(_fast.Client(armory));
        return await login.GetGrantingTicketAsync(CancellationToken.None);
    }
}
