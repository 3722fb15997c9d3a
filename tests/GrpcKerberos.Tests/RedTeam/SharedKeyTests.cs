using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Tests.AspNetCore;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Two principals with the same K: a cloned machine, or two that conspire.</summary>
public sealed class SharedKeyTests
{
    private const string Bob = "bob@TEST.LOCAL";

    [Fact]
    public async Task SameKUnderTwoTickets_NobodyRunsAsTheOtherWhoeverWasFirst()
    {
        await using var fleet = new Fleet();
        var (first, second) = (await fleet.StartAsync(), await fleet.StartAsync());
        var clones = new Clones(fleet);
        (TestServerApp App, ServiceTicket Ticket, bool WithToken)[] calls =
        [
            (first, clones.Alices, true),
            (first, clones.Bobs, true),
            (second, clones.Bobs, true),
            (second, clones.Alices, true),
            (first, clones.Bobs, false),
            (second, clones.Alices, false),
        ];

        foreach (var (app, ticket, withToken) in calls)
        {
            var call = clones.Sign(ticket, withToken ? clones.Token(ticket) : null);
            Assert.Equal(ticket.Client.ToString(), (await fleet.RunsAsync(app, call)).Principal);
        }
    }

    /// <summary>Where it is not known the session named must be the token's own: nobody begins a session of another's ticket.</summary>
    [Fact]
    public async Task TokenOfOneUnderTheSessionOfTheOther_IsRefused()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var clones = new Clones(fleet);

        await fleet.RefusesAsync(app, "PROOF_REFUSED", clones.Sign(clones.Alices, clones.Token(clones.Bobs)));

        Assert.Equal(Bob, (await fleet.RunsAsync(app, clones.Sign(clones.Bobs, clones.Token(clones.Bobs)))).Principal);
    }

    private sealed class Clones(Fleet fleet)
    {
        private readonly AuthenticatorClock _clock = new(fleet.Time);
        private readonly Subkey _k = Subkey.Generate(EncryptionType.Aes256CtsHmacSha384);
        private uint _number;

        public ServiceTicket Alices { get; } = fleet.Tickets.IssueTicket(TestServerApp.Alice, TestServerApp.Service);

        public ServiceTicket Bobs { get; } = fleet.Tickets.IssueTicket(Bob, TestServerApp.Service);

        public PreparedApReq Token(ServiceTicket ticket) => PreparedApReq.Prepare(
            ticket,
            _clock.Next(),
            new ApReqContent { Subkey = _k, SequenceNumber = ++_number, AuthorizationData = [ProofElement.Make(ProofElement.MicRequired)] });

        public PreparedCall Sign(ServiceTicket named, PreparedApReq? token)
        {
            var (id, time, number) = (SessionId.Derive(_k, named.Ticket.Encoded.Span), _clock.Next(), token?.SequenceNumber ?? ++_number);
            var keys = new SessionKeys(_k, KeyOwner.Initiator);
            var mic = keys.SignCall(number, new CallInput(id, time, Fleet.SayHello, [], token is null ? [] : token.Encoded.Span));
            return new PreparedCall(keys, token, new CallProof(id, time, mic), number);
        }
    }
}
