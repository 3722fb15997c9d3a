using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>What a session takes from the exchange that gave birth to it, and what the application keeps with it.</summary>
public sealed class SessionBirthTests
{
    private readonly Lab _lab = new();
    private readonly SessionCache _sessions = new(1000, AcceptorPolicy.DefaultClockSkew);
    private readonly CallAcceptor _calls;

    public SessionBirthTests() => _calls = new CallAcceptor(_lab.Acceptor, _sessions, Lab.Principal(Lab.Service));

    [Fact]
    public async Task Session_ItsServiceAndKey_AreTheKeytabsAndNotWhatTheTicketShows()
    {
        var session = await BornAsync(c => c.ChangeTicket(static t =>
        {
            t.UseKey(keyVersion: 1);
            t.PlaintextService = Lab.Principal("HTTP/nobody@TEST.LOCAL");
            t.KeyVersion = 9;
        }));
        Assert.Contains(session.Service.ToString(), (string[])[Lab.Service, Lab.Alias]);
        Assert.Equal((1u, EncryptionType.Aes256CtsHmacSha384), (session.KeyVersion, session.TicketEncryptionType));
    }

    [Fact]
    public async Task Session_OfAShortTicket_EndsTheSkewAfterIt()
    {
        var ends = new KerberosTime(_lab.Time.GetUtcNow()).WithMicroseconds(0) + TimeSpan.FromMinutes(10);
        KerberosTime login = default;
        var session = await BornAsync(c => c.ChangeTicket(t =>
        {
            t.EndTime = ends;
            login = t.AuthTime;
        }));
        Assert.Equal((ends, login, ends + AcceptorPolicy.DefaultClockSkew), (session.TicketEnds, session.AuthTime, session.Ends));
    }

    [Fact]
    public async Task SessionBoundToAChannel_OnAnotherChannel_IsUnknown()
    {
        var template = _lab.Template();
        BindTo(template, new ChannelBinding(Enumerable.Repeat((byte)7, 32).ToArray()));
        var first = template.Build();
        Assert.True((await JudgeAsync(first)).Accepted!.Session!.IsChannelBound);

        template.Number++;
        var later = template.Build() with { Token = default };
        var (id, time) = (later.Proof!.Value.Session, later.Proof.Value.Time);
        using var keys = new SessionKeys(template.Subkey, KeyOwner.Initiator);
        var proof = new CallProof(id, time, keys.SignCall(template.Number, new CallInput(id, time, later.Method, template.MicBinding.Span, [])));
        Assert.Equal(ApRejection.SessionUnknown, Known(proof, later.Method, new ChannelBinding(new byte[32])).Refused!.Cause);
        Assert.Equal(ApRejection.SessionUnknown, Known(proof, later.Method).Refused!.Cause);
        Assert.NotNull(Known(proof, later.Method, new ChannelBinding(new byte[32]), template.ChannelBindings[0]).Accepted);
    }

    [Fact]
    public async Task State_OfASessionThatEnded_IsAskedForAnewAndKeptWithItsRevival()
    {
        var call = _lab.Template();
        var (exchange, _) = await _calls.JudgeByTokenAsync(call.Build(), _lab.Keytab, CancellationToken.None);
        Assert.Null(_calls.StateOf(exchange!));
        var session = _calls.Admit(call.Build(), exchange!, "first").Accepted!.Session!;
        Assert.Equal("first", _calls.StateOf(exchange!));
        session.End();
        Assert.Null(_calls.StateOf(exchange!));

        call.Number++;
        Assert.Same(session, _calls.Admit(call.Build(), exchange!, "second").Accepted!.Session);

        Assert.Equal(("second", "second"), (session.State, _calls.StateOf(exchange!)));
        call.Number++;
        _calls.Admit(call.Build(), exchange!, "third");
        Assert.Equal("second", session.State);
    }

    private static void BindTo(CallTemplate call, ChannelBinding binding)
    {
        call.ChannelBindings = [binding];
        call.MicBinding = binding.EndPointHash;
        var checksum = new byte[24];
        (checksum[0], checksum[20]) = (16, 2);
        binding.GssHash().CopyTo(checksum, 4);
        call.Authenticator = call.Authenticator with { Checksum = new Checksum(ChecksumType.GssApi, checksum) };
    }

    private CallJudgement Known(CallProof proof, string method, params ChannelBinding[] bindings) =>
        _calls.JudgeBySession(proof, method, [], new Connection(Portability.Always, bindings));

    private async Task<AcceptorSession> BornAsync(Action<CallTemplate> change) => (await JudgeAsync(_lab.Call(change))).Accepted!.Session!;

    private async Task<CallJudgement> JudgeAsync(IncomingCall call)
    {
        var (exchange, refused) = await _calls.JudgeByTokenAsync(call, _lab.Keytab, CancellationToken.None);
        Assert.True(exchange is not null, refused?.ToString());
        return _calls.Admit(call, exchange, state: null);
    }
}
