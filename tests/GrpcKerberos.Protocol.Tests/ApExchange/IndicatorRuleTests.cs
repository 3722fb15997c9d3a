using System.Formats.Asn1;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Accept.Rules;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Authentication indicators count in an AD-CAMMAC that the service's own key vouches for, and nowhere else (RFC 7751, RFC 8129).</summary>
public sealed class IndicatorRuleTests
{
    /// <summary>The KDC's signature over that ticket is good too: it covers the AD-CAMMAC as MIT encodes it.</summary>
    [Fact]
    public async Task Accept_TicketOfMit_SaysHowTheClientProvedItself()
    {
        using var krbtgt = new LongTermKey(EncryptionType.Aes256CtsHmacSha1, new Recording("pac/mit-indicator.txt").Octets("krbtgt-key"));
        Assert.Equal(["fast"], await ReplayAsync(static c => [AuthorizationData.IfRelevant(c)], new AcceptorPolicy { TicketGrantingKeys = [krbtgt] }));
    }

    [Fact]
    public Task Replay_OfMitsTicket_OneBitOfAnIndicator_IsNotSeen() => ReplayHidesAsync(static octets =>
    {
        octets[octets.AsSpan().IndexOf("fast"u8)] ^= 1;
        return octets;
    });

    [Fact]
    public Task Replay_OfMitsTicket_OneBitOfTheMac_IsNotSeen() => ReplayHidesAsync(static octets =>
    {
        octets[^1] ^= 1;
        return octets;
    });

    /// <summary>What stays vouches for the indicator to the KDC alone.</summary>
    [Fact]
    public async Task Replay_OfMitsTicket_WithoutTheServicesVerifier_IsNotSeen() =>
        Assert.Empty(await ReplayAsync(static c => [AuthorizationData.IfRelevant(c with { Data = Fields(c.Data, static tag => tag != 2) })]));

    /// <summary>The other MAC is for a key that no service has, so it need not be there.</summary>
    [Fact]
    public async Task Replay_OfMitsTicket_WithoutTheKdcsVerifier_IsSeen() =>
        Assert.Equal(["fast"], await ReplayAsync(static c => [AuthorizationData.IfRelevant(c with { Data = Fields(c.Data, static tag => tag != 1) })]));

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Accept_IndicatorsOfEveryKeyType_AreSeen(EncryptionType type) =>
        Assert.Equal(["otp", "pkinit"], Seen(await new Lab(type).AcceptsAsync(With("otp", "pkinit"))));

    [Fact]
    public async Task Accept_TwoCammacs_SayEachIndicatorOnce() => Assert.Equal(
        ["otp", "pkinit", "fast"],
        Seen(await new Lab().AcceptsAsync(Put(static key => [AuthorizationData.IfRelevant(new TestCammac(key, "otp", "pkinit").Build()), AuthorizationData.IfRelevant(new TestCammac(key, "fast", "otp").Build())]))));

    [Fact]
    public Task Accept_MacOfAnotherUsage_IsNotSeen() => HidesAsync(static c => c.Usage = KeyUsage.PacSignature);

    [Fact]
    public Task Accept_MacOfAnotherType_IsNotSeen() => HidesAsync(static c => c.ChecksumType = ChecksumType.HmacSha1Aes256);

    [Fact]
    public Task Accept_MacOverTheFieldWithItsTag_IsNotSeen() => HidesAsync(static c => c.Signed = [0xa0, (byte)c.Elements.Length, .. c.Elements]);

    [Fact]
    public async Task Accept_MacByAnotherKey_IsNotSeen()
    {
        static Action<CallTemplate> SignedBy(LongTermKey? other) => Put(key => [AuthorizationData.IfRelevant(new TestCammac(other ?? key, "otp").Build())]);

        Assert.Equal(["otp"], Seen(await new Lab().AcceptsAsync(SignedBy(null))));
        Assert.Empty(Seen(await new Lab().AcceptsAsync(SignedBy(LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha384)))));
    }

    [Fact]
    public Task Accept_OctetsBehindTheCammac_Refused() => RefusesAsync(static c => c.Change = static octets => [.. octets, 0], "malformed");

    [Fact]
    public Task Accept_IndicatorThatIsNotUtf8_Refused() => RefusesAsync(
        static c => c.Elements = AuthorizationData.EncodeList([new(AuthorizationDataType.AuthenticationIndicator, new byte[] { 0x30, 3, 0x0c, 1, 0xff })]), "not UTF-8");

    [Fact]
    public Task Accept_MoreIndicatorsThanAnybodyNeeds_Refused() => RefusesAsync(
        static c => c.Elements = AuthorizationData.EncodeList([TestCammac.Indicators(Many(IndicatorRule.MaxCount + 1))]), "more than 32", Many(IndicatorRule.MaxCount));

    [Fact]
    public Task Accept_LongerIndicatorsThanAnybodyNeeds_Refused() => RefusesAsync(
        static c => c.Elements = AuthorizationData.EncodeList([TestCammac.Indicators(new string('x', IndicatorRule.MaxOctets + 1))]), "1024", new string('x', IndicatorRule.MaxOctets));

    [Fact]
    public Task Accept_CammacOutsideIfRelevant_Refused() => RefusesPlaceAsync(static key => [new TestCammac(key, "otp").Build()]);

    [Fact]
    public Task Accept_BareIndicatorOutsideIfRelevant_Refused() => RefusesPlaceAsync(static _ => [TestCammac.Indicators("otp")]);

    /// <summary>Not every KDC takes out what a client asked for in these places.</summary>
    [Fact]
    public async Task Accept_BareIndicatorOrNestedCammac_IsNotSeen()
    {
        Assert.Null((await new Lab().AcceptsAsync(Put(static _ => [AuthorizationData.IfRelevant(TestCammac.Indicators("otp"))]))).Data);
        Assert.Null((await new Lab().AcceptsAsync(Put(static key => [AuthorizationData.IfRelevant(AuthorizationData.IfRelevant(new TestCammac(key, "otp").Build()))]))).Data);
    }

    [Fact]
    public async Task Accept_CammacInTheAuthenticator_IsNotSeen() => Assert.Null((await new Lab().AcceptsAsync(static c =>
    {
        AuthorizationData? cammac = null;
        c.ChangeTicket(t => cammac = new TestCammac(t.SealingKey, "otp").Build());
        c.Authenticator = c.Authenticator with { AuthorizationData = [.. c.Authenticator.AuthorizationData!, AuthorizationData.IfRelevant(cammac!)] };
    })).Data);

    private static string[] Many(int count) => [.. Enumerable.Range(100, count).Select(static n => $"i{n}")];

    private static string[] Seen(AcceptedExchange accepted) => accepted.Data?.AuthenticationIndicators ?? [];

    private static Action<CallTemplate> Put(Func<LongTermKey, IReadOnlyList<AuthorizationData>> elements) => c => c.ChangeTicket(t => t.AuthorizationData = elements(t.SealingKey));

    private static Action<CallTemplate> With(params string[] indicators) => Put(key => [AuthorizationData.IfRelevant(new TestCammac(key, indicators).Build())]);

    private static Task RefusesPlaceAsync(Func<LongTermKey, IReadOnlyList<AuthorizationData>> elements) =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, Put(elements), baseChange: With("otp"));

    private static async Task HidesAsync(Action<TestCammac> change)
    {
        Assert.Equal(["otp"], Seen(await new Lab().AcceptsAsync(With("otp"))));
        Assert.Empty(Seen(await new Lab().AcceptsAsync(Changed(change))));
    }

    private static Action<CallTemplate> Changed(Action<TestCammac> change) => Put(key =>
    {
        var cammac = new TestCammac(key, "otp");
        change(cammac);
        return [AuthorizationData.IfRelevant(cammac.Build())];
    });

    private static async Task RefusesAsync(Action<TestCammac> change, string why, params string[] good)
    {
        Assert.Equal(good, Seen(await new Lab().AcceptsAsync(With(good))));
        var refusal = await new Lab().RefusalAsync(Changed(change));
        Assert.Equal(ApRejection.AuthorizationDataRefused, refusal.Cause);
        Assert.Contains(why, refusal.Detail, StringComparison.Ordinal);
    }

    private static async Task ReplayHidesAsync(Func<byte[], byte[]> change)
    {
        Assert.Equal(["fast"], await ReplayAsync(static c => [AuthorizationData.IfRelevant(c)]));
        Assert.Empty(await ReplayAsync(c => [AuthorizationData.IfRelevant(c with { Data = change(c.Data.ToArray()) })]));
    }

    private static async Task<string[]> ReplayAsync(Func<AuthorizationData, IReadOnlyList<AuthorizationData>> change, AcceptorPolicy? policy = null)
    {
        Assert.True((await JudgeAsync(change, policy ?? new AcceptorPolicy())).Passed(out var accepted, out var refusal), refusal?.ToString());
        return Seen(accepted!);
    }

    /// <summary>MIT's exchange with what stands where its AD-CAMMAC did, the ticket sealed anew.</summary>
    private static async Task<Step<AcceptedExchange>> JudgeAsync(Func<AuthorizationData, IReadOnlyList<AuthorizationData>> change, AcceptorPolicy policy)
    {
        var recording = new Recording("pac/mit-indicator.txt");
        var keytab = recording.Keytab();
        var key = keytab.Entries[0].Key!;
        var message = ApReq.Decode(recording.Octets("ap-req"));
        var sealedPart = message.Ticket.EncPart;
        Assert.True(key.TryOpen(KeyUsage.Ticket, sealedPart.Cipher.Span, out var plaintext));
        var part = EncTicketPart.Decode(plaintext);
        IReadOnlyList<AuthorizationData> Changed(AuthorizationData element) =>
            AuthorizationData.DecodeList(element.Data) is [{ Type: AuthorizationDataType.Cammac } cammac] ? change(cammac) : [element];
        part = part with { AuthorizationData = [.. part.AuthorizationData!.SelectMany(Changed)] };
        var ticket = new Ticket(message.Ticket.Realm, message.Ticket.ServiceName, new EncryptedData(sealedPart.Type, sealedPart.KeyVersion, key.Seal(KeyUsage.Ticket, part.Encode())));
        var call = new IncomingCall(new ApReq(message.Options, ticket, message.Authenticator).Encode(), null, "/a.B/C");
        return await recording.Acceptor(policy: policy).AcceptAsync(call, keytab, CancellationToken.None);
    }

    /// <summary>The fields of a SEQUENCE that have certain tags.</summary>
    private static byte[] Fields(ReadOnlyMemory<byte> sequence, Func<int, bool> stays) => DerWriter.Encode(writer =>
    {
        var fields = new AsnReader(sequence, AsnEncodingRules.DER).ReadSequence();
        using (writer.PushSequence())
        {
            while (fields.HasData)
            {
                var tag = fields.PeekTag().TagValue;
                var field = fields.ReadEncodedValue();
                if (stays(tag)) writer.WriteEncodedValue(field.Span);
            }
        }
    });
}
