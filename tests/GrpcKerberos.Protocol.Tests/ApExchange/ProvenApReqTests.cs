using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class ProvenApReqTests
{
    [Fact]
    public Task Prove_OurTokenWithItsMicStripped_MicMissing() => Lab.RefusesAsync(ApRejection.MicMissing, c => c.ChangeProof = _ => null);

    [Fact]
    public async Task Prove_StrippedTokenUnderUnsafeCallsOnTokenAlone_StillMicMissing()
    {
        var lab = new Lab(policy: new AcceptorPolicy { UnsafeCallsOnTokenAlone = true });
        Assert.Equal(ApRejection.MicMissing, (await lab.RefusalAsync(c => c.ChangeProof = _ => null)).Cause);
    }

    [Fact]
    public async Task Prove_TokenStrippedOfItsMic_BurnsNothing()
    {
        var lab = new Lab();
        var call = lab.Call();
        await lab.RefusalAsync(call with { Proof = null });
        await lab.AcceptsAsync(call);
    }

    [Fact]
    public async Task Prove_ForeignTokenAlone_IsTheSessionOfItsSubkey()
    {
        var lab = new Lab();
        var call = lab.Template();
        call.SendTokenAlone();
        var accepted = await lab.AcceptsAsync(call.Build());
        Assert.Equal(SessionId.Derive(call.Subkey, call.Ticket.Ticket.Encoded.Span), accepted.Session);
        Assert.NotNull(accepted.ApRep);
    }

    [Fact]
    public Task Prove_NoSubkey_NoSubkey() => Lab.RefusesAsync(ApRejection.NoSubkey, c => c.Authenticator = c.Authenticator with { Subkey = null });

    [Fact]
    public Task Prove_SessionOfAnotherKey_SessionMismatch() =>
        Lab.RefusesAsync(ApRejection.SessionMismatch, c => c.ChangeProof = p => p with { Session = SessionId.Derive(Subkey.Generate(c.Subkey.Type), c.Ticket.Ticket.Encoded.Span) });

    [Fact]
    public Task Prove_SessionOfAnotherTicket_SessionMismatch() =>
        Lab.RefusesAsync(ApRejection.SessionMismatch, c => c.ChangeProof = p => p with { Session = SessionId.Derive(c.Subkey, [1, 2, 3]) });

    [Fact]
    public Task Prove_MicOfAnotherMethod_MicInvalid()
    {
        return Lab.RefusesAsync(ApRejection.MicInvalid, c =>
        {
            var other = c.Build();
            c.Method = "/greeter.v1.Greeter/DeleteAll";
            c.ChangeProof = p => p with { Mic = other.Proof!.Value.Mic };
        });
    }

    [Fact]
    public async Task Prove_CallMovedToAnotherMethod_MicInvalid()
    {
        var lab = new Lab();
        var call = lab.Call();
        Assert.Equal(ApRejection.MicInvalid, (await lab.RefusalAsync(call with { Method = "/admin.Admin/DeleteAll" })).Cause);
        await lab.AcceptsAsync(call);
    }

    [Fact]
    public Task Prove_TimeChanged_MicInvalid() =>
        Lab.RefusesAsync(ApRejection.MicInvalid, c => c.ChangeProof = p => p with { Time = p.Time + TimeSpan.FromMicroseconds(1) });

    [Fact]
    public async Task Prove_TokenOfAnotherCallOfTheSession_MicInvalid()
    {
        var lab = new Lab();
        var template = lab.Template();
        var first = template.Build();
        var second = template.Build();
        Assert.Equal(ApRejection.MicInvalid, (await lab.RefusalAsync(first with { Proof = second.Proof })).Cause);
        await lab.AcceptsAsync(first);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Prove_EveryBitOfTheMicFlipped_MicInvalid(EncryptionType type)
    {
        var lab = new Lab(type);
        var call = lab.Call();
        var mic = call.Proof!.Value.Mic.ToArray();
        for (var bit = 0; bit < mic.Length * 8; bit++)
        {
            mic[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ApRejection.MicInvalid, (await lab.RefusalAsync(call with { Proof = call.Proof.Value with { Mic = new Mic(mic) } })).Cause);
            mic[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        await lab.AcceptsAsync(call);
    }

    [Fact]
    public Task Prove_MicShortened_MicInvalid() => Lab.RefusesAsync(ApRejection.MicInvalid, c => c.ChangeProof = p => p with { Mic = new Mic(p.Mic.Span[..^1]) });

    [Fact]
    public async Task Prove_MicLengthened_MicInvalid()
    {
        // The default enctype's MIC is the longest there is; one more octet does not even fit.
        var lab = new Lab(EncryptionType.Aes256CtsHmacSha1);
        var call = lab.Call();
        var longer = call.Proof!.Value with { Mic = new Mic([.. call.Proof.Value.Mic.Span, 0]) };
        Assert.Equal(ApRejection.MicInvalid, (await lab.RefusalAsync(call with { Proof = longer })).Cause);
        await lab.AcceptsAsync(call);
    }

    [Fact]
    public Task Prove_MicMadeByTheAcceptorsKey_MicInvalid() => Lab.RefusesAsync(ApRejection.MicInvalid, c => c.ChangeProof = p =>
    {
        using var keys = new SessionKeys(c.Subkey, KeyOwner.Initiator);
        return p with { Mic = keys.SignAnswer(c.Number, new ReplyInput([1], [])) };
    });

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public async Task Prove_CallTimeAtTheSkewAndBeyond_CallTimeSkew(int seconds, bool accepted)
    {
        var lab = new Lab();
        var call = lab.Call(c => c.Time = new KerberosTime(lab.Time.GetUtcNow()) + TimeSpan.FromSeconds(seconds));
        if (accepted) await lab.AcceptsAsync(call);
        else Assert.Equal(ApRejection.CallTimeSkew, (await lab.RefusalAsync(call)).Cause);
    }
}
