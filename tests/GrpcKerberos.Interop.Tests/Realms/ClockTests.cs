using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tests.Client;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>A client's clock is ten minutes off: ours comes right by itself, a stock GSS client is told KRB_AP_ERR_SKEW.</summary>
[Collection(MitRealm.Collection)]
public sealed class ClockTests(MitRealm realm)
{
    public static TheoryData<int, string> Ours
    {
        get
        {
            var rows = new TheoryData<int, string>();
            foreach (var minutes in new[] { -10, 10 })
                foreach (var login in new[] { "keytab", "kinit", "kvno" })
                    rows.Add(minutes, login);
            return rows;
        }
    }

    [PeerTheory]
    [MemberData(nameof(Ours))]
    public async Task Calls_OurClockOff_RightItselfAtTheKdcOrTheServer(int minutes, string login)
    {
        var options = login == "keytab" ? realm.WithKeytab("alice") : RealmCalls.WithCache(await realm.KinitAsync("alice"));
        if (login == "kvno") (await realm.RunAsync("kvno", ["test/localhost"], cache: options.CredentialCache![5..])).EnsureSuccess();
        options.TimeProvider = new ShiftedTime(TimeSpan.FromMinutes(minutes));

        await realm.GreetTwiceAsync("test", $"alice@{MitRealm.Name}", options);
    }

    /// <summary>
    /// kdc_timesync = 0: the offset that libkrb5 noted at the login would hide the clock. It refuses to use a ticket before its start, so where it is behind
    /// the
    /// server's clock is ahead.
    /// </summary>
    [PeerTheory(Peer.Faketime)]
    [InlineData(0, 0, false)]
    [InlineData(240, 0, false)]
    [InlineData(600, 0, true)]
    [InlineData(0, 600, true)]
    public async Task GssInit_OfMitWithItsClockOff_RefusedAsSkewBeyondFiveMinutes(int clientSeconds, int serverSeconds, bool refused)
    {
        var cache = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", ["et-aes256-cts/localhost"], cache: cache)).EnsureSuccess();
        var config = realm.NewCache() + ".conf";
        await File.WriteAllTextAsync(config, "[libdefaults]\n  kdc_timesync = 0\n");
        var environment = new Dictionary<string, string>(realm.Environment(cache)) { ["KRB5_CONFIG"] = $"{config}:{realm.Krb5Conf}" };
        var server = new OurServer(realm, "aes256-cts", Portability.Always, clock: new ShiftedTime(TimeSpan.FromSeconds(serverSeconds)));
        await using var peer = ForeignProcess.Start(
            MitTools.Find("faketime"), ["-f", $"+{clientSeconds}s", MitTools.Find("gsspeer"), "init", "et-aes256-cts@localhost", "mutual"], environment);
        var request = GssFrame.Unwrap(GssFrame.Request, (await peer.ReadToAsync("token")).Bytes("token"));

        var (judgement, _) = await server.ShowAsync(request);

        Assert.Equal(refused ? ApRejection.ClockSkew : ApRejection.ProofWanted, judgement.Refused!.Cause);
        if (refused) Assert.Equal(KerberosErrorCode.KRB_AP_ERR_SKEW, KrbError.Decode(judgement.Refused.Answer.KrbError!).Code);
    }
}
