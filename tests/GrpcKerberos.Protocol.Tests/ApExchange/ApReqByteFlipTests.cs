using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Every octet of a good KRB_AP_REQ changed, every prefix cut: refused, or one of the fields Kerberos leaves unprotected.</summary>
/// <remarks>With its MIC nothing is unprotected, since the MIC covers the token. The token alone shows what Kerberos itself protects.</remarks>
public sealed class ApReqByteFlipTests
{
    private static readonly byte[] s_flips = [0x01, 0x80, 0xFF];

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Accept_EveryOctetOfACallsTokenFlipped_Refused(EncryptionType type)
    {
        var lab = new Lab(type);
        var call = lab.Call();
        foreach (var changed in Flipped(call.Token))
            Assert.Contains((await lab.RefusalAsync(call with { Token = changed })).Cause, s_ofAToken);
        await lab.AcceptsAsync(call);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Accept_EveryPrefixOfAToken_Malformed(EncryptionType type)
    {
        var lab = new Lab(type);
        var call = lab.Call();
        for (var length = 0; length < call.Token.Length; length++)
            Assert.Equal(ApRejection.Malformed, (await lab.RefusalAsync(call with { Token = call.Token[..length] })).Cause);
        await lab.AcceptsAsync(call);
    }

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Accept_EveryOctetOfATokenAloneFlipped_RefusedOrAFieldLeftUnprotected(EncryptionType type)
    {
        var lab = new Lab(type);
        var template = lab.Template();
        template.SendTokenAlone();
        var token = template.Build().Token.ToArray();
        var unprotected = Unprotected(token);
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var flip in s_flips)
            {
                var changed = token.ToArray();
                changed[i] ^= flip;
                // A cache of its own each time: a flip that passes must not hide the next one behind REPEAT.
                var judge = new ApAcceptor(lab.Acceptor.Policy, new Taking(), new AcceptorClock(new Earlier(lab.Time)), new ProcessSecret());
                var passed = (await judge.AcceptAsync(new IncomingCall(changed, null, template.Method), lab.Keytab, default)).Passed(out _, out var refusal);
                if (passed) Assert.True(unprotected.Contains(i), $"octet {i} may not change");
                else Assert.Contains(refusal!.Cause, s_ofAToken);
            }
        }
    }

    private static readonly ApRejection[] s_ofAToken =
    [
        ApRejection.Malformed, ApRejection.WrongVersion, ApRejection.WrongMessageType, ApRejection.WrongTicketVersion, ApRejection.UserToUser,
        ApRejection.TicketEncryptionTypeRefused, ApRejection.NoKey, ApRejection.KeyVersionUnknown, ApRejection.TicketIntegrity,
        ApRejection.AuthenticatorIntegrity, ApRejection.SessionMismatch, ApRejection.MicInvalid,
    ];

    /// <summary>The short list: ap-options, the ticket's realm and sname (its kvno among them), and the authenticator's own kvno if there were one.</summary>
    private static HashSet<int> Unprotected(byte[] token)
    {
        var message = ApReq.Decode(token);
        var encoded = message.Ticket.Encoded;
        var ticketAt = token.AsSpan().IndexOf(encoded.Span);
        var cipherAt = token.AsSpan().IndexOf(message.Ticket.EncPart.Cipher.Span);
        var options = token.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x03, 0x05, 0x00]) + 2;
        return [.. Enumerable.Range(options, 5), .. Enumerable.Range(ticketAt, cipherAt - ticketAt)];
    }

    private static IEnumerable<byte[]> Flipped(ReadOnlyMemory<byte> token)
    {
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var flip in s_flips)
            {
                var changed = token.ToArray();
                changed[i] ^= flip;
                yield return changed;
            }
        }
    }

    private sealed class Taking : IReplayCache
    {
        public ValueTask<bool> TryAddAsync(ReplayKey key, DateTimeOffset until, CancellationToken cancellationToken) => ValueTask.FromResult(true);
    }

    /// <summary>Starts a minute before the lab's time and then tells it.</summary>
    private sealed class Earlier(TimeProvider time) : TimeProvider
    {
        private bool _started;

        public override DateTimeOffset GetUtcNow()
        {
            var now = _started ? time.GetUtcNow() : time.GetUtcNow() - TimeSpan.FromMinutes(1);
            _started = true;
            return now;
        }
    }
}
