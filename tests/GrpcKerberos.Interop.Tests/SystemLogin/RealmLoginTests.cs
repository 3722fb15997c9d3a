using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.SystemLogin;

/// <summary>UseDefaultCredentials in Samba's domain: tickets with the PAC of few and of very many groups.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaLoginTests(SambaRealm realm)
{
    /// <summary>The groups of the directory, and the one that says who vouches for the login. A token of 1,001 groups goes by Establish as the small one does.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData("alice", 4)]
    [InlineData("big1000", 1001)]
    public async Task Calls_OfAMemberOfGroups_AreItsWithItsGroups(string user, int groups)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("test"), realm.Krb5Conf);
        await using var client = await SystemLoginProcess.StartAsync(host, "test/{host}", realm.Environment(await realm.KinitAsync(user)));

        foreach (var verb in new[] { "unary", "server", "client", "duplex" }) Assert.Equal((verb, $"{user}@{SambaRealm.Name} 1"), (verb, await client.CallAsync(verb)));
        Assert.Equal($"{user}@{SambaRealm.Name} 64", await client.CallAsync("64"));
        Assert.Equal(68, host.Ran);
        Assert.Equal(groups + 1, host.Callers[0].GroupSids.Count);
        Assert.Equal(host.Callers[0].UserSid, host.Callers[^1].UserSid);
    }
}

/// <summary>The same in Heimdal's realm, whose tickets have no PAC.</summary>
[Collection(HeimdalRealm.Collection)]
public sealed class HeimdalLoginTests(HeimdalRealm realm)
{
    [PeerFact(Peer.Heimdal)]
    public async Task Calls_WithATicketWithoutPac_AreAlices()
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("HTTP"), realm.Krb5Conf);
        await using var client = await SystemLoginProcess.StartAsync(host, "HTTP/{host}", realm.Environment(await realm.KinitAsync("alice")));

        foreach (var verb in new[] { "unary", "duplex" }) Assert.Equal((verb, $"alice@{HeimdalRealm.Name} 1"), (verb, await client.CallAsync(verb)));
        Assert.Equal($"alice@{HeimdalRealm.Name} 64", await client.CallAsync("64"));
        Assert.Null(host.Callers[0].UserSid);
    }
}
