using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class AcceptedExchangeTests
{
    private const string Method = "/greeter.v1.Greeter/SayHello";

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Establish_CallOfOurInitiator_AnswerProvesTheServer(EncryptionType type)
    {
        var lab = new Lab(type);
        var (call, accepted) = await CallAsync(lab);
        Assert.True(call.IsAnsweredBy(accepted.Mic.Span, accepted.ApRep));
        var second = Session(lab).Prepare(Method, TimeSpan.Zero);
        Assert.Equal(second.Proof.Session, (await lab.AcceptsAsync(new IncomingCall(second.Token!.Encoded, second.Proof, Method))).Session);
    }

    [Fact]
    public async Task Establish_MutualNotAsked_NoApRepAndTheMicAloneProves()
    {
        var lab = new Lab();
        var (call, accepted) = await CallAsync(lab, mutual: false);
        Assert.Null(accepted.ApRep);
        Assert.True(call.IsAnsweredBy(accepted.Mic.Span, default));
    }

    [Fact]
    public async Task Answer_ApRepStripped_NotProven()
    {
        var (call, accepted) = await CallAsync(new Lab());
        Assert.True(call.IsAnsweredBy(accepted.Mic.Span, accepted.ApRep));
        Assert.False(call.IsAnsweredBy(accepted.Mic.Span, default));
    }

    [Fact]
    public async Task Answer_OfAnotherCallOfTheTicket_NotProven()
    {
        var lab = new Lab();
        var session = Session(lab);
        var (first, firstAnswer) = await CallAsync(lab, session);
        var (second, secondAnswer) = await CallAsync(lab, session);
        Assert.True(second.IsAnsweredBy(secondAnswer.Mic.Span, secondAnswer.ApRep));
        Assert.False(second.IsAnsweredBy(firstAnswer.Mic.Span, firstAnswer.ApRep));
        Assert.False(second.IsAnsweredBy(secondAnswer.Mic.Span, firstAnswer.ApRep));
        Assert.False(VerifiedApRep.Verify(second.Token!, firstAnswer.ApRep).Passed(out _, out var refusal));
        Assert.Equal(ApRejection.MutualAuthenticationFailed, refusal!.Cause);
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_MUT_FAIL, refusal.Cause.Code());
        Assert.True(VerifiedApRep.Verify(first.Token!, firstAnswer.ApRep).Passed(out _, out _));
    }

    [Fact]
    public async Task Answer_RequestsOwnMicSentBack_NotProven()
    {
        var (call, accepted) = await CallAsync(new Lab());
        Assert.False(call.IsAnsweredBy(call.Proof.Mic.Span, accepted.ApRep));
    }

    [Fact]
    public async Task Answer_EveryBitOfTheMicFlipped_NotProven()
    {
        var (call, accepted) = await CallAsync(new Lab());
        for (var bit = 0; bit < accepted.Mic.Span.Length * 8; bit++)
        {
            var mic = accepted.Mic.ToArray();
            mic[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(call.IsAnsweredBy(mic, accepted.ApRep));
        }
    }

    [Fact]
    public async Task ApRep_UnderTheSubkey_NotProven()
    {
        var lab = new Lab();
        var (call, accepted) = await CallAsync(lab);
        var part = new EncApRepPart(call.Token!.ClientTime, null, call.Token.SequenceNumber).Encode();
        using var subkey = GrpcKerberos.Protocol.Crypto.Subkey.Generate(call.Token.Ticket.SessionKey.Type);
        var forged = new ApRep(new EncryptedData(subkey.Type, null, subkey.Seal(KeyUsage.ApRepEncPart, part))).Encode();
        Assert.False(VerifiedApRep.Verify(call.Token!, forged).Passed(out _, out _));
        Assert.True(VerifiedApRep.Verify(call.Token!, accepted.ApRep).Passed(out _, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public async Task ApRep_TimeOffByAMicrosecondOrASecond_NotProven(int microseconds)
    {
        var (call, accepted) = await CallAsync(new Lab());
        var key = call.Token!.Ticket.SessionKey;
        var part = new EncApRepPart(call.Token!.ClientTime + TimeSpan.FromMicroseconds(microseconds), null, call.Token.SequenceNumber).Encode();
        var wrong = new ApRep(new EncryptedData(key.Type, null, key.Seal(KeyUsage.ApRepEncPart, part))).Encode();
        Assert.False(VerifiedApRep.Verify(call.Token!, wrong).Passed(out _, out _));
        Assert.True(VerifiedApRep.Verify(call.Token!, accepted.ApRep).Passed(out _, out _));
    }

    [Fact]
    public async Task ApRep_EveryPrefixAndFlip_NotProvenAndNothingThrown()
    {
        var (call, accepted) = await CallAsync(new Lab());
        var reply = accepted.ApRep!;
        for (var length = 0; length < reply.Length; length++) Assert.False(VerifiedApRep.Verify(call.Token!, reply.AsMemory(0, length)).Passed(out _, out _));
        for (var i = 0; i < reply.Length; i++)
        {
            var flipped = reply.ToArray();
            flipped[i] ^= 0x41;
            Assert.False(VerifiedApRep.Verify(call.Token!, flipped).Passed(out _, out _));
        }
    }

    [Fact]
    public async Task Refusal_AfterTheAuthenticatorOpened_IsProvedAndEchoesItsTime()
    {
        var lab = new Lab();
        var session = Session(lab);
        var call = session.Prepare(Method, TimeSpan.FromHours(1));
        var incoming = new IncomingCall(call.Token!.Encoded, call.Proof, Method);
        var refusal = await lab.RefusalAsync(incoming);
        Assert.Equal(ApRejection.ClockSkew, refusal.Cause);
        var proved = ProvedRefusal.Make(refusal, incoming, Lab.Principal(Lab.Service), lab.Acceptor.Now());
        Assert.Equal("SKEW", proved.Name);
        var error = KrbError.Decode(proved.KrbError);
        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_SKEW, error.Code);
        Assert.Equal(call.Token.ClientTime, error.ClientTime);
        Assert.Equal(lab.Acceptor.Now(), error.ServerTime);
        Assert.True(call.IsRefusedBy(proved.Mic.Span, "SKEW", proved.KrbError));
        Assert.False(call.IsRefusedBy(proved.Mic.Span, "REPEAT", proved.KrbError));
        Assert.False(session.Prepare(Method, default).IsRefusedBy(proved.Mic.Span, "SKEW", proved.KrbError));
    }

    [Fact]
    public async Task Refusal_BeforeAnythingWasOpened_SaysOnlyTheName()
    {
        var lab = new Lab();
        var call = lab.Call(c => c.ChangeTicket(t => t.SealingKey = GrpcKerberos.Protocol.Crypto.LongTermKey.Generate(t.EncryptionType)));
        var proved = ProvedRefusal.Make(await lab.RefusalAsync(call), call, Lab.Principal(Lab.Service), lab.Acceptor.Now());
        Assert.Equal("TICKET_REFUSED", proved.Name);
        Assert.Null(proved.KrbError);
        Assert.True(proved.Mic.IsEmpty);
    }

    [Fact]
    public void Rejections_Each_HasItsCodeAndItsError()
    {
        foreach (var rejection in Enum.GetValues<ApRejection>())
        {
            Assert.NotEqual(KerberosErrorCode.KDC_ERR_NONE, rejection.Code());
            Assert.True(KerberosErrorNames.TryParse(rejection.Error().ToWireName(), out var error));
            Assert.Equal(rejection.Error(), error);
        }
    }

    [Fact]
    public void Rejections_UnknownKeyVersionAndIntegrity_OneAnswer()
    {
        var answers = new[] { ApRejection.NoKey, ApRejection.KeyVersionUnknown, ApRejection.TicketIntegrity, ApRejection.WrongService }.Select(r => r.Error().ToWireName());
        Assert.Equal("TICKET_REFUSED", Assert.Single(answers.Distinct()));
    }

    private static InitiatorSession Session(Lab lab, bool mutual = true) => new(lab.Ticket(), new AuthenticatorClock(lab.Time), mutual);

    private static Task<(PreparedCall Call, AcceptedCall Accepted)> CallAsync(Lab lab, bool mutual = true) => CallAsync(lab, Session(lab, mutual));

    private static async Task<(PreparedCall Call, AcceptedCall Accepted)> CallAsync(Lab lab, InitiatorSession session)
    {
        var call = session.Prepare(Method, TimeSpan.Zero);
        var incoming = new IncomingCall(call.Token!.Encoded, call.Proof, Method);
        return (call, CallAcceptor.Answer(incoming, await lab.AcceptsAsync(incoming), session: null));
    }
}
