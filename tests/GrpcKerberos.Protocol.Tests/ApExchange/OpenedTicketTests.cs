using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class OpenedTicketTests
{
    private static readonly AcceptorPolicy s_oneName = new() { ServicePrincipals = [Lab.Principal(Lab.Service)], TryOtherPrincipals = false };

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Open_TicketOfEachEncryptionType_Accepted(EncryptionType type)
    {
        var accepted = await new Lab(type).AcceptsAsync();
        Assert.Equal(Lab.Principal(Lab.Client), accepted.Client);
        Assert.Equal(Lab.Principal(Lab.Service), accepted.Service);
        Assert.Equal(type, accepted.TicketEncryptionType);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    public async Task Open_TicketOfEitherKeyVersion_OpenedByThatVersion(uint kvno)
    {
        var accepted = await new Lab().AcceptsAsync(c => c.ChangeTicket(t => t.UseKey(keyVersion: kvno)));
        Assert.Equal(kvno, accepted.KeyVersion);
    }

    [Fact]
    public async Task Open_TicketWithoutKeyVersion_OpenedByWhicheverFits() =>
        Assert.Equal(1u, (await new Lab().AcceptsAsync(c => c.ChangeTicket(t => { t.UseKey(keyVersion: 1); t.KeyVersion = null; }))).KeyVersion);

    [Fact]
    public async Task Open_KeytabWithoutThePrincipal_NoKeyAndSaysWhatItHas()
    {
        await new Lab(policy: s_oneName).AcceptsAsync();
        var lab = new Lab(policy: s_oneName);
        lab.Keytab = new Keytab([.. lab.Keytab.Entries.Where(e => e.Principal.Equals(Lab.Principal(Lab.Other)))]);
        var refusal = await lab.RefusalAsync(lab.Call());
        Assert.Equal(ApRejection.NoKey, refusal.Cause);
        Assert.Equal("keytab has HTTP/billing@TEST.LOCAL, the ticket is for HTTP/orders@TEST.LOCAL. Next: add that key, or correct the client's ServicePrincipal.", refusal.Detail);
    }

    [Fact]
    public async Task Open_KeytabWithoutTheEncryptionType_NoKeyAndSaysWhich()
    {
        var lab = new Lab(EncryptionType.Aes256CtsHmacSha1);
        lab.Keytab = new Keytab([new KeytabEntry(Lab.Principal(Lab.Service), 3, EncryptionType.Aes128CtsHmacSha1, LongTermKey.Generate(EncryptionType.Aes128CtsHmacSha1))]);
        var refusal = await lab.RefusalAsync(lab.Call());
        Assert.Equal(ApRejection.NoKey, refusal.Cause);
        Assert.Equal("keytab has aes128-cts-hmac-sha1-96 for kvno 3, the ticket uses aes256-cts-hmac-sha1-96. Next: export it with all key types.", refusal.Detail);
    }

    [Fact]
    public async Task Open_TicketOfNewerKeyVersion_KeyVersionUnknownAndSaysBoth()
    {
        var lab = new Lab(policy: s_oneName);
        var newer = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha384);
        var refusal = await lab.RefusalAsync(c => c.ChangeTicket(t => { t.SealingKey = newer; t.KeyVersion = 3; }));
        Assert.Equal(ApRejection.KeyVersionUnknown, refusal.Cause);
        Assert.Equal("keytab has kvno 2 for HTTP/orders@TEST.LOCAL, the ticket was made for kvno 3. Next: export the keytab again.", refusal.Detail);
    }

    [Fact]
    public Task Open_TicketSealedByAnotherKey_TicketIntegrity() =>
        Lab.RefusesAsync(ApRejection.TicketIntegrity, c => c.ChangeTicket(t => t.SealingKey = LongTermKey.Generate(t.EncryptionType)));

    [Fact]
    public Task Open_TicketSealedForAnotherUsage_TicketIntegrity() =>
        Lab.RefusesAsync(ApRejection.TicketIntegrity, c => c.ChangeTicket(t => t.Usage = KeyUsage.ApReqAuthenticator));

    [Fact]
    public Task Open_TicketOfRc4_TicketEncryptionTypeRefused() =>
        Lab.RefusesAsync(ApRejection.TicketEncryptionTypeRefused, c => c.ChangeTicket(t => t.EncryptionType = EncryptionType.Rc4Hmac));

    [Fact]
    public async Task Open_TicketOfTypeNotPermitted_TicketEncryptionTypeRefused()
    {
        await new Lab(EncryptionType.Aes128CtsHmacSha1).AcceptsAsync();
        var policy = new AcceptorPolicy { EncryptionTypes = [EncryptionType.Aes256CtsHmacSha384] };
        var lab = new Lab(EncryptionType.Aes128CtsHmacSha1, policy);
        Assert.Equal(ApRejection.TicketEncryptionTypeRefused, (await lab.RefusalAsync(lab.Call())).Cause);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Open_CipherOfEveryShortLength_TicketIntegrity(EncryptionType type)
    {
        for (var length = 0; length <= 64; length++)
        {
            var lab = new Lab(type);
            var refusal = await lab.RefusalAsync(c => c.ChangeMessage = m => m with { Ticket = WithCipher(m.Ticket, m.Ticket.EncPart.Cipher[..length]) });
            Assert.Equal(ApRejection.TicketIntegrity, refusal.Cause);
        }
    }

    [Fact]
    public Task Open_OurKeyButNoTicketInside_TicketMalformed() =>
        Lab.RefusesAsync(ApRejection.TicketMalformed, c => c.ChangeTicket(t => t.ChangePlaintext = _ => [1, 2, 3]));

    [Fact]
    public Task Open_OctetsBehindTheSealedPart_TicketMalformed() =>
        Lab.RefusesAsync(ApRejection.TicketMalformed, c => c.ChangeTicket(t => t.ChangePlaintext = octets => [.. octets, 0]));

    [Fact]
    public Task Open_InvalidFlag_TicketInvalid() => Lab.RefusesAsync(ApRejection.TicketInvalid, c => c.ChangeTicket(t => t.Flags |= TicketFlags.Invalid));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Open_StartAtTheSkewAndBehind_TicketNotYetValid(int secondsBeyond, bool accepted)
    {
        var lab = new Lab();
        var call = lab.Call(c => c.ChangeTicket(t => t.StartTime = t.AuthTime + TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(secondsBeyond)));
        if (accepted) await lab.AcceptsAsync(call);
        else Assert.Equal(ApRejection.TicketNotYetValid, (await lab.RefusalAsync(call)).Cause);
    }

    [Fact]
    public Task Open_NoStartTimeAndAuthTimeInTheFuture_TicketNotYetValid() =>
        Lab.RefusesAsync(ApRejection.TicketNotYetValid, c => c.ChangeTicket(t => { t.StartTime = null; t.AuthTime += TimeSpan.FromMinutes(6); }), baseChange: c => c.ChangeTicket(t => t.StartTime = null));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Open_EndAtTheSkewAndBefore_TicketExpired(int secondsBeyond, bool accepted)
    {
        var lab = new Lab();
        var call = lab.Call(c => c.ChangeTicket(t =>
        {
            t.EndTime = t.AuthTime - TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(secondsBeyond);
            t.StartTime = t.AuthTime -= TimeSpan.FromHours(1);
        }));
        if (accepted) await lab.AcceptsAsync(call);
        else Assert.Equal(ApRejection.TicketExpired, (await lab.RefusalAsync(call)).Cause);
    }

    [Fact]
    public Task Open_TicketForAnotherNameOfTheKeytab_WrongService() =>
        Lab.RefusesAsync(ApRejection.WrongService, c => c.ChangeTicket(t => t.PlaintextService = Lab.Principal(Lab.Alias)), s_oneName);

    [Fact]
    public async Task Open_PlaintextNameChangedToAnAliasOfTheKey_NameIsAKeytabEntryNeverTheClaim()
    {
        var accepted = await new Lab(policy: new AcceptorPolicy { ServicePrincipals = [Lab.Principal(Lab.Service)] })
            .AcceptsAsync(c => c.ChangeTicket(t => t.PlaintextService = Lab.Principal("HTTP/evil@ELSEWHERE")));
        Assert.Equal(Lab.Principal(Lab.Service), accepted.Service);
    }

    [Fact]
    public async Task Open_PlaintextNameUnknownAndOthersNotTried_NoKey()
    {
        var lab = new Lab(policy: s_oneName);
        var refusal = await lab.RefusalAsync(c => c.ChangeTicket(t => t.PlaintextService = Lab.Principal("HTTP/evil@ELSEWHERE")));
        Assert.Equal(ApRejection.NoKey, refusal.Cause);
    }

    [Fact]
    public void Candidates_KeytabOf500Keys_EightAreTriedExactVersionFirst()
    {
        var lab = new Lab();
        for (uint kvno = 3; kvno < 500; kvno++) lab.Keys.Add(Lab.Service, kvno, EncryptionType.Aes256CtsHmacSha384);
        var ticket = lab.Ticket(t => t.UseKey(keyVersion: 250)).Ticket;
        var tried = KeyCandidates.For(ticket, lab.Keys.Keytab, tryOthers: true).ToList();
        Assert.Equal(KeyCandidates.MaxTried, tried.Count);
        Assert.Equal(250u, tried[0].KeyVersion);
    }

    [Theory]
    [InlineData(8, "")]
    [InlineData(9, " and 1 more")]
    [InlineData(500, " and 492 more")]
    public void Explain_KeytabOfManyNames_WritesEightOfThem(int names, string rest)
    {
        var keys = new TestKeys();
        for (var i = 0; i < names; i++) keys.Add($"HTTP/s{i}@TEST", 1, EncryptionType.Aes256CtsHmacSha384);

        var refusal = KeyCandidates.Explain(new Lab().Ticket().Ticket, keys.Keytab);

        Assert.Equal(ApRejection.NoKey, refusal.Cause);
        Assert.StartsWith(
            $"keytab has {string.Join(", ", Enumerable.Range(0, 8).Select(static i => $"HTTP/s{i}@TEST"))}{rest}, the ticket is for {Lab.Service}. Next: ", refusal.Detail, StringComparison.Ordinal);
    }

    private static Ticket WithCipher(Ticket ticket, ReadOnlyMemory<byte> cipher) => new(ticket.Realm, ticket.ServiceName, ticket.EncPart with { Cipher = cipher });
}
