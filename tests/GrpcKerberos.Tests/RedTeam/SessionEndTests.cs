using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>How long a stolen or forged ticket, or a leaked key, feeds its sessions.</summary>
public sealed class SessionEndTests
{
    [Theory]
    [InlineData(null, 10)]
    [InlineData(2, 2)]
    public async Task TicketOfTenYears_ItsSessionEndsAtTheLongestLife(int? hours, int ends)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync(options: o => o.MaxSessionLifetime = hours is { } h ? TimeSpan.FromHours(h) : o.MaxSessionLifetime);
        var client = fleet.Client(change: static t => t.EndTime = t.AuthTime + TimeSpan.FromDays(3650));
        await fleet.RunsAsync(app, Fleet.First(client));

        fleet.Time.Advance(TimeSpan.FromHours(ends) - TimeSpan.FromSeconds(1));
        await fleet.RunsAsync(app, Fleet.Later(client));
        fleet.Time.Advance(TimeSpan.FromSeconds(2));

        await fleet.RefusesAsync(app, "SESSION_UNKNOWN", Fleet.Later(client));
        // Its ticket is looked at anew.
        await fleet.RunsAsync(app, Fleet.First(client));
        await fleet.RunsAsync(app, Fleet.Later(client));
    }

    [Fact]
    public async Task End_OfAPrincipal_AnotherLoginIsNeededAndAnotherAuthenticatorIsNotEnough()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var (alice, bob) = (fleet.Client(), fleet.Client("bob@TEST.LOCAL"));
        await fleet.RunsAsync(app, Fleet.First(alice));
        await fleet.RunsAsync(app, Fleet.First(bob));

        Assert.Equal(1, app.App.Services.GetRequiredService<KerberosSessions>().End(KerberosPrincipal.Parse(TestServerApp.Alice)));

        await fleet.RefusesAsync(app, "SESSION_UNKNOWN", Fleet.Later(alice));
        await fleet.RefusesAsync(app, "TICKET_EXPIRED", Fleet.First(alice));
        await fleet.RunsAsync(app, Fleet.Later(bob));
        // A ticket in another K, of the same login, is no better.
        var ticket = alice.Ticket;
        await fleet.RefusesAsync(app, "TICKET_EXPIRED", Fleet.First(new InitiatorSession(ticket, new AuthenticatorClock(fleet.Time), mutual: true)));
        fleet.Time.Advance(TimeSpan.FromSeconds(2));
        await fleet.RunsAsync(app, Fleet.First(fleet.Client()));
    }

    [Fact]
    public async Task Key_OutOfTheKeytab_EndsItsSessionsAndNoOthers()
    {
        var (first, second) = (new TestKeys().Add(TestServerApp.Service, 1), new TestKeys().Add(TestServerApp.Service, 2));
        await using var fleet = new Fleet();
        var offered = KeytabScene.Join(first, second);
        var app = await fleet.StartAsync(options: o => o.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(KeytabScene.Bytes(offered)));
        var (old, young) = (Client(first), Client(second));
        await fleet.RunsAsync(app, Fleet.First(old));
        await fleet.RunsAsync(app, Fleet.First(young));

        offered = second;
        fleet.Time.Advance(TimeSpan.FromSeconds(6));
        var keeper = (await app.App.Services.GetRequiredService<SchemeAcceptors>().GetAsync("Kerberos")).Keeper;
        await keeper.RefreshAsync(keeper.Current, CancellationToken.None);

        await fleet.RefusesAsync(app, "SESSION_UNKNOWN", Fleet.Later(old));
        await fleet.RefusesAsync(app, "TICKET_REFUSED", Fleet.First(old));
        await fleet.RunsAsync(app, Fleet.Later(young));

        InitiatorSession Client(TestKeys keys) =>
            new(new TestTickets(keys, fleet.Time).IssueTicket(TestServerApp.Alice, TestServerApp.Service), new AuthenticatorClock(fleet.Time), mutual: true);
    }
}
