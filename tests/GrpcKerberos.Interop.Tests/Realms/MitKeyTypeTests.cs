using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Tickets of one encryption type with session keys of another, as a service with an old key gets them from callers of today.</summary>
[Collection(MitRealm.Collection)]
public sealed class MitKeyTypeTests(MitRealm realm)
{
    public static IEnumerable<object[]> Pairs =>
        from ticket in MitToMitTests.Enctypes
        from session in MitToMitTests.Enctypes
        select new[] { ticket[0], ticket[1], session[0], session[1] };

    [PeerTheory]
    [MemberData(nameof(Pairs))]
    public async Task Calls_TicketAndSessionKeyOfTheseTypes_Greeted(string ticketName, int ticketType, string sessionName, int sessionType)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("tk-" + ticketName), realm.Krb5Conf);
        var options = realm.WithKeytab("alice");
        options.EncryptionTypes.Add(sessionName);
        using var client = realm.Client("tk-" + ticketName, options);

        for (var i = 0; i < 2; i++) Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(client)).Principal);

        var ticket = await client.GetTicketAsync($"tk-{ticketName}/localhost");
        Assert.Equal((ticketType, sessionType), ((int)ticket.TicketEncryptionType, (int)ticket.SessionEncryptionType));
    }
}
