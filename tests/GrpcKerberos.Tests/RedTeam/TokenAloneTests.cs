using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>A token read on its way, shown without the MIC that ties it to its call.</summary>
public sealed class TokenAloneTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_StrippedOfItsMic_RunsNothingAnywhereAndBurnsNothing(bool portable)
    {
        await using var fleet = new Fleet();
        var first = await fleet.StartAsync(portable);
        var second = await fleet.StartAsync(portable, static o => o.UnsafeCallsOnTokenAlone = true);
        var client = fleet.Client();
        var call = Fleet.First(client);
        var stripped = new AuthorizationValue(null, call.Token!.Encoded).Format();

        await fleet.RefusesAsync(first, "PROOF_REFUSED", stripped);
        await fleet.RefusesAsync(second, "PROOF_REFUSED", stripped);

        if (portable) await fleet.RunsAsync(first, call);
        else await fleet.RunsAsync(first, Fleet.Later(client, await fleet.ProvesAsync(first, client, call), call.Number));
    }

    [Fact]
    public async Task Token_WrappedAsNegotiate_RunsNothing()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var call = Fleet.First(fleet.Client());

        var framed = GssFrame.WrapApReq(call.Token!.Encoded.Span);
        await fleet.RefusesAsync(app, "PROOF_REFUSED", "Negotiate " + Convert.ToBase64String(framed));
        await fleet.RefusesAsync(app, "PROOF_REFUSED", "Negotiate " + Convert.ToBase64String(Spnego.WriteInit(framed)));
        await fleet.RefusesAsync(app, "TOKEN_MALFORMED", "Negotiate " + Convert.ToBase64String(call.Token.Encoded.Span));

        await fleet.RunsAsync(app, call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TokenOfAStream_ShownAloneAfterIt_RunsNothing(bool sameReplica)
    {
        await using var fleet = new Fleet();
        var first = await fleet.StartAsync();
        var second = await fleet.StartAsync();
        var client = fleet.Client();
        await fleet.RunsAsync(first, Fleet.First(client));
        // The session is known: this token goes unread.
        var stream = Fleet.First(client, Fleet.SayHellos);
        Assert.Equal(StatusCode.OK, (await fleet.ShowStreamAsync(first, stream)).Status);

        var shownAt = sameReplica ? first : second;
        await fleet.RefusesAsync(shownAt, "PROOF_REFUSED", new AuthorizationValue(null, stream.Token!.Encoded).Format());
        // Nor with the MIC of the stream at another method.
        await fleet.RefusesAsync(shownAt, "PROOF_REFUSED", stream);
        var (status, challenge) = await fleet.ShowStreamAsync(first, stream);
        Assert.Equal(StatusCode.Unauthenticated, status);
        Assert.StartsWith("Kerberos error=REPEAT", challenge, StringComparison.Ordinal);
        Assert.Equal(2, first.Behaviour.Runs);
    }

    /// <summary>A client of another protocol is lured to the attacker, who carries its token here under our name.</summary>
    [Theory]
    [InlineData(false, "PROVE")]
    [InlineData(true, "TICKET_REFUSED")]
    public async Task TokenForAnotherNameOfTheKey_ShownUnderOurs_RunsNothing(bool named, string error)
    {
        await using var fleet = new Fleet();
        var own = KerberosPrincipal.Parse(TestServerApp.Service);
        fleet.Keys.Add(KerberosPrincipal.Parse("cifs/orders.test@TEST.LOCAL"), 1, fleet.Keys.Find(own).Key!);
        var app = await fleet.StartAsync(options: o =>
        {
            if (named) o.ServicePrincipals.Add("HTTP/orders.test");
        });
        var relayed = fleet.Tickets.IssueTicket(KerberosPrincipal.Parse(TestServerApp.Alice), KerberosPrincipal.Parse("cifs/orders.test@TEST.LOCAL"));
        var foreign = ForeignTokens.Make(relayed, fleet.Time);

        await fleet.RefusesAsync(app, error, new AuthorizationValue(null, foreign.Encoded).Format());
        // Under our name it opens with our key. It still runs nothing: the attacker has no K to prove a call with.
        var renamed = relayed with { Ticket = new Ticket(own.Realm, own.Name, relayed.Ticket.EncPart) };
        await fleet.RefusesAsync(app, "PROVE", new AuthorizationValue(null, ForeignTokens.Make(renamed, fleet.Time).Encoded).Format());

        await fleet.RunsAsync(app, Fleet.First(fleet.Client()));
    }
}
