using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Whole gRPC calls of ours in an Active Directory domain, nothing set: a PAC of 1,001 groups included.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaCallTests(SambaRealm realm)
{
    /// <summary>The first call has the token in its header, or in Establish where that is too large, and the second neither.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData("alice", "test", false)]
    [InlineData("bob", "HTTP", false)]
    [InlineData("big300", "test", false)]
    [InlineData("big1000", "test", true)]
    [InlineData("alice", "nopac", false)]
    [InlineData("big1000", "nopac", false)]
    public async Task Calls_WithAKeytab_GreetedWithoutTouchingALimit(string user, string service, bool establishes)
    {
        var requests = await realm.GreetTwiceAsync(service, $"{user}@{SambaRealm.Name}", realm.WithKeytab(user));

        Assert.Equal(establishes, requests.Contains(RealmCalls.Establish));
    }

    [PeerTheory(Peer.Samba)]
    [InlineData("alice")]
    [InlineData("big1000")]
    public async Task Calls_WithTheCacheOfKinit_Greeted(string user) =>
        await realm.GreetTwiceAsync("test", $"{user}@{SambaRealm.Name}", RealmCalls.WithCache(await realm.KinitAsync(user)));

    /// <summary>The service's account logs in under its own name and calls as itself.</summary>
    [PeerFact(Peer.Samba)]
    public async Task Calls_OfAServiceAccount_GreetedUnderItsAccountName()
    {
        var options = realm.WithKeytab("svc-mid");
        options.Principal = "svc-mid";
        await realm.GreetTwiceAsync("test", $"svc-mid@{SambaRealm.Name}", options);
    }
}
