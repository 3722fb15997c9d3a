namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>Foreign tools in Heimdal's realm: the base case of the tests there.</summary>
[Collection(HeimdalRealm.Collection)]
public sealed class HeimdalRealmTests(HeimdalRealm realm)
{
    [PeerTheory(Peer.Heimdal)]
    [MemberData(nameof(MitToMitTests.Enctypes), MemberType = typeof(MitToMitTests))]
    public async Task Kvno_ServiceOfOneEnctype_TicketOfThatEnctypeWithoutPac(string enctype, int number)
    {
        var cache = await realm.HeimdalKinitAsync("alice");
        await using var client = realm.Start("apreq", ["mk", $"et-{enctype}/localhost", "mutual"], cache: cache);
        var request = await client.ReadToAsync("ap-req");

        var accepted = (await realm.RunAsync("apreq", ["rd"], request["ap-req"] + "\n", keytab: realm.Keytab("et-" + enctype))).EnsureSuccess().Lines;

        Assert.Equal(($"alice@{HeimdalRealm.Name}", number), (accepted["client"], (int)accepted.Number("ticket-etype")));
        (await client.FinishAsync(accepted["ap-rep"] + "\n")).EnsureSuccess();
    }
}

/// <summary>Foreign tools in Samba's domain: the base case of the tests there.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaRealmTests(SambaRealm realm)
{
    /// <summary>8 bytes a group (MS-PAC 2.5) and little else tell the sizes of AP-REQs apart.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData("alice", "test", 1_000, 2_000)]
    [InlineData("alice", "nopac", 400, 700)]
    [InlineData("big300", "test", 3_400, 4_200)]
    [InlineData("big1000", "test", 9_000, 10_000)]
    public async Task Kinit_WithKeytabThenApreq_TicketOfThatSize(string user, string service, int least, int most)
    {
        var cache = realm.NewCache();
        (await realm.RunAsync("kinit", ["-kt", realm.Keytab(user), user], cache: cache)).EnsureSuccess();

        var request = (await realm.RunAsync("apreq", ["mk", service + "/localhost"], cache: cache)).EnsureSuccess().Lines;
        var accepted = (await realm.RunAsync("apreq", ["rd"], request["ap-req"] + "\n", keytab: realm.Keytab(service))).EnsureSuccess().Lines;

        Assert.Equal($"{user}@{SambaRealm.Name}", accepted["client"]);
        Assert.InRange(request.Bytes("ap-req").Length, least, most);
    }

    [PeerFact(Peer.Samba)]
    public async Task Kinit_ByPasswordThenKvno_TicketOfEachAesService()
    {
        var cache = await realm.KinitAsync("bob");

        var kvno = await realm.RunAsync("kvno", ["test/localhost", "HTTP/localhost", "mid/localhost", "nopac/localhost"], cache: cache);

        Assert.Equal(4, kvno.EnsureSuccess().StandardOutput.Split("kvno = 2\n").Length - 1);
    }
}
