using System.Net;
using System.Text;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class CheckedApReqTests
{
    [Theory]
    [InlineData("bob@TEST.LOCAL")]
    [InlineData("Alice@TEST.LOCAL")]
    [InlineData("alice/admin@TEST.LOCAL")]
    [InlineData("alice@TEST.LOCA")]
    [InlineData("alice@test.local")]
    public Task Check_AuthenticatorOfOtherClient_ClientMismatch(string name) =>
        Lab.RefusesAsync(ApRejection.ClientMismatch, c => c.Authenticator = c.Authenticator with { Client = Lab.Principal(name) });

    [Fact]
    public async Task Check_AuthenticatorOfOtherNameType_Accepted() =>
        await new Lab().AcceptsAsync(c => c.Authenticator = c.Authenticator with { Client = new KerberosPrincipal(new PrincipalName(NameType.Unknown, ["alice"]), "TEST.LOCAL") });

    [Fact]
    public Task Check_ClientOfForeignRealm_RealmRefused() =>
        Lab.RefusesAsync(ApRejection.RealmRefused, c => ComeFrom(c, "alice@PARTNER.TEST"));

    [Fact]
    public async Task Check_ClientOfPermittedForeignRealm_Accepted()
    {
        var accepted = await new Lab(policy: new AcceptorPolicy { Realms = ["PARTNER.TEST"] }).AcceptsAsync(c => ComeFrom(c, "alice@PARTNER.TEST"));
        Assert.Equal("alice@PARTNER.TEST", accepted.Client.ToString());
    }

    [Fact]
    public Task Check_AddressNotListed_AddressMismatch() =>
        Lab.RefusesAsync(ApRejection.AddressMismatch, c => c.RemoteAddress = IPAddress.Parse("10.0.0.9"), new AcceptorPolicy { CheckClientAddress = true }, ListLoopback);

    [Fact]
    public Task Check_AddressUnknown_AddressMismatch() =>
        Lab.RefusesAsync(ApRejection.AddressMismatch, c => c.RemoteAddress = null, new AcceptorPolicy { CheckClientAddress = true }, ListLoopback);

    [Fact]
    public async Task Check_ListedIPv4SeenThroughIPv6_Accepted() =>
        await new Lab(policy: new AcceptorPolicy { CheckClientAddress = true }).AcceptsAsync(c => { ListLoopback(c); c.RemoteAddress = IPAddress.Loopback.MapToIPv6(); });

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-299, true)]
    [InlineData(-301, false)]
    public async Task Check_ClientTimeAtTheSkewAndBeyond_ClockSkew(int seconds, bool accepted)
    {
        var lab = new Lab();
        lab.Time.Advance(TimeSpan.FromHours(1));
        var now = new KerberosTime(lab.Time.GetUtcNow());
        var call = lab.Call(c => c.Authenticator = c.Authenticator with { ClientTime = now + TimeSpan.FromSeconds(seconds) });
        if (accepted) await lab.AcceptsAsync(call);
        else Assert.Equal(ApRejection.ClockSkew, (await lab.RefusalAsync(call)).Cause);
    }

    [Fact]
    public async Task Check_ClientTimeNotLaterThanTheStart_BeforeStart()
    {
        await new Lab().AcceptsAsync();
        var lab = new Lab();
        var start = new KerberosTime(lab.Time.GetUtcNow() - TimeSpan.FromMinutes(1));
        var refusal = await lab.RefusalAsync(c => c.Authenticator = c.Authenticator with { ClientTime = start });
        Assert.Equal(ApRejection.BeforeStart, refusal.Cause);
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_SKEW, refusal.Cause.Code());
        await lab.AcceptsAsync(c => c.Authenticator = c.Authenticator with { ClientTime = start + TimeSpan.FromMicroseconds(1) });
    }

    [Fact]
    public async Task Check_StrictStartWithinTheSkewOfTheStart_BeforeStart()
    {
        var policy = new AcceptorPolicy { StrictStart = true };
        var lab = new Lab(policy: policy);
        Assert.Equal(ApRejection.BeforeStart, (await lab.RefusalAsync(lab.Call())).Cause);
        lab.Time.Advance(policy.MaxClockSkew);
        await lab.AcceptsAsync();
    }

    [Fact]
    public Task Check_TransitedRealmsUnchecked_TransitRefused() =>
        Lab.RefusesAsync(ApRejection.TransitRefused, c => c.ChangeTicket(t => t.Transited = Through("B.TEST")));

    [Fact]
    public async Task Check_TransitedRealmsCheckedByTheKdc_Accepted() =>
        await new Lab().AcceptsAsync(c => c.ChangeTicket(t => { t.Transited = Through("B.TEST"); t.Flags |= TicketFlags.TransitedPolicyChecked; }));

    [Theory]
    [InlineData(ApRejection.ChecksumInappropriate, ChecksumType.HmacSha1Aes256)]
    [InlineData(ApRejection.ChecksumInappropriate, ChecksumType.HmacSha256Aes128)]
    [InlineData(ApRejection.ChecksumInappropriate, (ChecksumType)1)]
    [InlineData(ApRejection.ChecksumInappropriate, (ChecksumType)7)]
    [InlineData(ApRejection.ChecksumInappropriate, (ChecksumType)(-138))]
    [InlineData(ApRejection.ChecksumMismatch, ChecksumType.HmacSha384Aes256)]
    internal Task Check_ChecksumOfAnyOtherTypeOrValue_Refused(ApRejection cause, ChecksumType type) =>
        Lab.RefusesAsync(cause, c => c.Authenticator = c.Authenticator with { Checksum = new Checksum(type, new byte[24]) }, baseChange: WithKeyedChecksum);

    [Fact]
    public Task Check_ChecksumOfApplicationData_ChecksumMismatch() =>
        Lab.RefusesAsync(ApRejection.ChecksumMismatch, c => WithKeyedChecksum(c, "data"u8), baseChange: WithKeyedChecksum);

    [Fact]
    public async Task Check_GssChecksumOfEveryShortLength_GssChecksumMalformed()
    {
        var good = Gss();
        await new Lab().AcceptsAsync(c => WithGss(c, good));
        for (var length = 0; length < 24; length++)
            Assert.Equal(ApRejection.GssChecksumMalformed, (await new Lab().RefusalAsync(c => WithGss(c, good[..length]))).Cause);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(-1)]
    public Task Check_GssBindingOfWrongLength_GssChecksumMalformed(int length) =>
        Lab.RefusesAsync(ApRejection.GssChecksumMalformed, c => WithGss(c, Gss(bindingLength: length)), baseChange: c => WithGss(c, Gss()));

    [Theory]
    [InlineData(1, 0xFFFF)]
    [InlineData(1, 5)]
    [InlineData(2, 4)]
    public Task Check_GssDelegationThatDoesNotFit_GssChecksumMalformed(int option, int length) =>
        Lab.RefusesAsync(ApRejection.GssChecksumMalformed, c => WithGss(c, Gss(1, option, length, 4)), baseChange: c => WithGss(c, Gss(1, 1, 4, 4)));

    [Fact]
    public Task Check_GssDelegationFlagWithoutTheField_GssChecksumMalformed() =>
        Lab.RefusesAsync(ApRejection.GssChecksumMalformed, c => WithGss(c, Gss(flags: 1)), baseChange: c => WithGss(c, Gss(flags: 2)));

    [Fact]
    public Task Check_BindingOfAnotherCertificate_ChannelBindingMismatch() =>
        Lab.RefusesAsync(ApRejection.ChannelBindingMismatch, c => c.ChannelBindings = [new ChannelBinding(new byte[32])], baseChange: BoundTo);

    /// <summary>The client's MIC covers a channel that the server has no certificate of: what is wrong is not the MIC.</summary>
    [Fact]
    public Task Prove_MicOverAChannelThatIsNotLookedAt_ChannelBindingMissing() =>
        Lab.RefusesAsync(ApRejection.ChannelBindingMissing, c => c.ChannelBindings = [], baseChange: BoundTo);

    [Fact]
    public Task Check_BindingRequiredAndNotSent_ChannelBindingMissing() =>
        Lab.RefusesAsync(ApRejection.ChannelBindingMissing, c => WithGss(c, Gss()), new AcceptorPolicy { ChannelBinding = ChannelBindingRequirement.Require }, BoundTo);

    [Fact]
    public Task Check_BindingDemandedByTheClientAndStripped_ChannelBindingMissing() =>
        Lab.RefusesAsync(ApRejection.ChannelBindingMissing, c => { WithGss(c, Gss()); Add(c, ApOptionsElement(0x4000)); }, baseChange: BoundTo);

    [Fact]
    public async Task Check_BindingSentAndRight_IsChannelBound() => Assert.NotNull((await new Lab().AcceptsAsync(BoundTo)).Binding);

    [Fact]
    public Task Check_UnknownElementOutsideIfRelevantInTheTicket_AuthorizationDataRefused() =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, c => c.ChangeTicket(t => t.AuthorizationData = [Unknown]), baseChange: c => c.ChangeTicket(t => t.AuthorizationData = [AuthorizationData.IfRelevant(Unknown)]));

    [Fact]
    public Task Check_UnknownElementOutsideIfRelevantInTheAuthenticator_AuthorizationDataRefused() =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, c => Add(c, Unknown), baseChange: c => Add(c, AuthorizationData.IfRelevant(Unknown)));

    [Fact]
    public Task Check_IfRelevantNestedTooDeep_AuthorizationDataRefused() =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, c => c.ChangeTicket(t => t.AuthorizationData = [Nested(9)]), baseChange: c => c.ChangeTicket(t => t.AuthorizationData = [Nested(8)]));

    [Fact]
    public Task Check_MalformedIfRelevant_AuthorizationDataRefused() =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, c => Add(c, new AuthorizationData(AuthorizationDataType.IfRelevant, new byte[] { 0x30, 5 })));

    [Fact]
    public Task Check_MalformedProofElement_AuthorizationDataRefused() =>
        Lab.RefusesAsync(ApRejection.AuthorizationDataRefused, c => Add(c, AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.GrpcKerberos, new byte[3]))));

    [Theory]
    [InlineData("HTTP/orders@TEST.LOCAL")]
    [InlineData("http/ORDERS")]
    public Task Check_TargetPrincipalIsAnother_TargetPrincipalMismatch(string ours) =>
        Lab.RefusesAsync(ApRejection.TargetPrincipalMismatch, c => Add(c, Target("HTTP/orders2")), baseChange: c => Add(c, Target(ours)));

    [Fact]
    public Task Check_Rc4Subkey_SubkeyRefused() =>
        Lab.RefusesAsync(ApRejection.SubkeyRefused, c => c.Authenticator = c.Authenticator with { Subkey = new EncryptionKey(EncryptionType.Rc4Hmac, new byte[16]) });

    [Fact]
    public Task Check_SubkeyOfWrongLength_SubkeyRefused() =>
        Lab.RefusesAsync(ApRejection.SubkeyRefused, c => c.Authenticator = c.Authenticator with { Subkey = new EncryptionKey(c.Subkey.Type, new byte[31]) });

    [Fact]
    public Task Check_AnonymousFlag_AnonymousRefused() => Lab.RefusesAsync(ApRejection.AnonymousRefused, c => c.ChangeTicket(t => t.Flags |= TicketFlags.Anonymous));

    [Fact]
    public Task Check_WellKnownAnonymous_AnonymousRefused() => Lab.RefusesAsync(ApRejection.AnonymousRefused, c => ComeFrom(c, "WELLKNOWN/ANONYMOUS@TEST.LOCAL"));

    [Fact]
    public async Task Check_AnonymousByPolicy_Accepted() =>
        await new Lab(policy: new AcceptorPolicy { AllowAnonymous = true }).AcceptsAsync(c => ComeFrom(c, "WELLKNOWN/ANONYMOUS@TEST.LOCAL"));

    private static AuthorizationData Unknown => new((AuthorizationDataType)4242, new byte[] { 1 });

    private static AuthorizationData Nested(int levels) => levels == 0 ? Unknown : AuthorizationData.IfRelevant(Nested(levels - 1));

    private static AuthorizationData Target(string name) => AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.TargetPrincipal, Encoding.Unicode.GetBytes(name)));

    private static AuthorizationData ApOptionsElement(int value) => AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.ApOptions, BitConverter.GetBytes(value)));

    private static TransitedEncoding Through(string realm) => new(TransitedEncoding.DomainX500Compress, Encoding.ASCII.GetBytes(realm));

    private static void Add(CallTemplate call, AuthorizationData element) =>
        call.Authenticator = call.Authenticator with { AuthorizationData = [.. call.Authenticator.AuthorizationData!, element] };

    private static void ComeFrom(CallTemplate call, string client)
    {
        call.ChangeTicket(t => t.Client = Lab.Principal(client));
        call.Authenticator = call.Authenticator with { Client = Lab.Principal(client) };
    }

    private static void ListLoopback(CallTemplate call) => call.ChangeTicket(t => t.Addresses = [HostAddress.From(IPAddress.Parse("192.0.2.1")), HostAddress.From(IPAddress.Loopback)]);

    private static void WithKeyedChecksum(CallTemplate call) => WithKeyedChecksum(call, []);

    private static void WithKeyedChecksum(CallTemplate call, ReadOnlySpan<byte> data)
    {
        var key = call.Ticket.SessionKey;
        call.Authenticator = call.Authenticator with { Checksum = new Checksum(key.ChecksumType, key.MakeChecksum(KeyUsage.ApReqAuthenticatorChecksum, data)) };
    }

    private static void WithGss(CallTemplate call, byte[] checksum) => call.Authenticator = call.Authenticator with { Checksum = new Checksum(ChecksumType.GssApi, checksum) };

    private static void BoundTo(CallTemplate call)
    {
        var binding = new ChannelBinding(Enumerable.Repeat((byte)7, 32).ToArray());
        call.ChannelBindings = [binding];
        call.MicBinding = binding.EndPointHash;
        var checksum = Gss();
        binding.GssHash().CopyTo(checksum, 4);
        WithGss(call, checksum);
    }

    private static byte[] Gss(int flags = 2, int? delegationOption = null, int delegationLength = 0, int delegationOctets = 0, int bindingLength = 16)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(bindingLength);
        writer.Write(new byte[16]);
        writer.Write(flags);
        if (delegationOption is { } option)
        {
            writer.Write((ushort)option);
            writer.Write((ushort)delegationLength);
            writer.Write(new byte[delegationOctets]);
        }

        return stream.ToArray();
    }
}
