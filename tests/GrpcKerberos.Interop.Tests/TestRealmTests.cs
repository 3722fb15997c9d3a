using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Interop.Tests.Python;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Interop.Tests;

/// <summary>MIT krb5's and Heimdal's own programs against the embedded KDC: nothing of ours on the client's side.</summary>
public sealed class TestRealmTests : IAsyncLifetime
{
    private TestRealm _realm = null!;

    public static TheoryData<int, string, bool> Types
    {
        get
        {
            var types = new TheoryData<int, string, bool>();
            foreach (var overTcp in new[] { false, true })
            {
                types.Add(17, "aes128-cts-hmac-sha1-96", overTcp);
                types.Add(18, "aes256-cts-hmac-sha1-96", overTcp);
                types.Add(19, "aes128-cts-hmac-sha256-128", overTcp);
                types.Add(20, "aes256-cts-hmac-sha384-192", overTcp);
            }

            return types;
        }
    }

    public async Task InitializeAsync() => _realm = await TestRealm.StartAsync();

    public async Task DisposeAsync() => await _realm.DisposeAsync();

    [PeerTheory]
    [MemberData(nameof(Types))]
    public async Task Kinit_PasswordThenKvno_TicketsOfThatType(int type, string name, bool overTcp)
    {
        _realm.AddUser("alice", o =>
        {
            o.Password = "secret";
            o.EncryptionTypes.Add((EncryptionType)type);
        });
        _realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add((EncryptionType)type));
        if (overTcp) await OnlyTcpAsync();

        var kinit = (await RunAsync("kinit", ["alice"], "secret\n")).EnsureSuccess();
        var kvno = (await RunAsync("kvno", ["HTTP/localhost"])).EnsureSuccess();
        var list = (await RunAsync("klist", ["-ef"])).EnsureSuccess();

        Assert.Equal(overTcp, kinit.StandardError.Contains("Sending TCP request", StringComparison.Ordinal));
        Assert.Equal("HTTP/localhost@TEST.LOCAL: kvno = 1\n", kvno.StandardOutput);
        Assert.Contains("Default principal: alice@TEST.LOCAL", list.StandardOutput, StringComparison.Ordinal);
        Assert.Contains($"Etype (skey, tkt): {name}, {name}", list.StandardOutput, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Kinit_KeytabOfAllTypes_LoginAndTicketItsKeytabOpens()
    {
        var service = _realm.AddService("HTTP/localhost");
        service.RotateKey();

        (await RunAsync("kinit", ["-kt", _realm.AddUser("alice").Keytab, "alice"])).EnsureSuccess();
        var kvno = (await RunAsync("kvno", ["-k", service.Keytab, "HTTP/localhost"])).EnsureSuccess();

        Assert.Equal("HTTP/localhost@TEST.LOCAL: kvno = 2, keytab entry valid\n", kvno.StandardOutput);
    }

    [PeerFact]
    public async Task Kinit_ForwardableRenewableThenRenewed_FlagsKept()
    {
        (await RunAsync("kinit", ["-f", "-r", "2d", "-kt", _realm.AddUser("alice").Keytab, "alice"])).EnsureSuccess();
        (await RunAsync("kinit", ["-R"])).EnsureSuccess();

        Assert.Contains("Flags: FRIA", (await RunAsync("klist", ["-f"])).StandardOutput, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task LoginAsync_CacheGivenToKvno_TicketOfTheService()
    {
        _realm.AddService("HTTP/localhost");
        var cache = await _realm.AddUser("alice").LoginAsync();

        var kvno = (await RunAsync("kvno", ["HTTP/localhost"], cache: cache)).EnsureSuccess();

        Assert.Equal("HTTP/localhost@TEST.LOCAL: kvno = 1\n", kvno.StandardOutput);
    }

    [PeerTheory(Peer.Heimdal)]
    [MemberData(nameof(Types))]
    public async Task HeimdalsKinit_PasswordThenKgetcred_TicketOfThatType(int type, string name, bool overTcp)
    {
        _realm.AddUser("alice", o =>
        {
            o.Password = "secret";
            o.EncryptionTypes.Add((EncryptionType)type);
        });
        var service = _realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add((EncryptionType)type));
        if (overTcp) await OnlyTcpAsync();

        (await HeimdalTools.RunAsync("kinit.heimdal", ["--password-file=STDIN", "alice"], Environment(), "secret\n")).EnsureSuccess();
        (await HeimdalTools.RunAsync("kgetcred", ["HTTP/localhost"], Environment())).EnsureSuccess();

        // Read, and opened with the service's key, by MIT.
        Assert.Contains($"Etype (skey, tkt): {name}, {name}", (await RunAsync("klist", ["-ef"])).EnsureSuccess().StandardOutput, StringComparison.Ordinal);
        var kvno = (await RunAsync("kvno", ["-k", service.Keytab, "HTTP/localhost"])).EnsureSuccess();
        Assert.Equal("HTTP/localhost@TEST.LOCAL: kvno = 1, keytab entry valid\n", kvno.StandardOutput);
    }

    [PeerFact(Peer.Heimdal)]
    public async Task HeimdalsKinit_KeytabOfAllTypes_LoginRenewed()
    {
        var keytab = _realm.AddUser("alice").Keytab;

        (await HeimdalTools.RunAsync("kinit.heimdal", ["-k", "-t", keytab, "-f", "-r", "2d", "alice"], Environment())).EnsureSuccess();
        (await HeimdalTools.RunAsync("kinit.heimdal", ["-R"], Environment())).EnsureSuccess();

        Assert.Contains("Flags: FRIA", (await RunAsync("klist", ["-f"])).StandardOutput, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Apreq_TicketOfTheRealm_BothSidesOfMitAgree()
    {
        var service = _realm.AddService("HTTP/localhost");
        var cache = await _realm.AddUser("alice").LoginAsync();
        await using var client = ForeignProcess.Start(MitTools.Find("apreq"), ["mk", "HTTP/localhost", "mutual"], Environment(cache));
        var request = await client.ReadToAsync("ap-req");

        var accepted = (await RunAsync("apreq", ["rd"], request["ap-req"] + "\n", keytab: service.Keytab)).EnsureSuccess().Lines;

        Assert.Equal("alice@TEST.LOCAL", accepted["client"]);
        (await client.FinishAsync(accepted["ap-rep"] + "\n")).EnsureSuccess();
    }

    /// <summary>libkrb5 verifies our PAC by the service's key, and Samba reads in it what the account was given; one bit off, and libkrb5 does not.</summary>
    [PeerTheory(Peer.Python, Peer.Samba)]
    [InlineData(17, false)]
    [InlineData(18, false)]
    [InlineData(19, false)]
    [InlineData(20, false)]
    [InlineData(18, true)]
    public async Task GssContext_TicketWithAPac_VerifiedByMitAndReadBySamba(int type, bool spoilt)
    {
        const string Domain = "S-1-5-21-1-2-3";
        var alice = _realm.AddUser("alice", static o =>
        {
            (o.Sid, o.UserPrincipalName) = (Domain + "-1104", "alice@corp.example");
            foreach (var group in new[] { Domain + "-1105", "S-1-5-21-7-8-9-1200", "S-1-18-1" }) o.GroupSids.Add(group);
        });
        var service = _realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add((EncryptionType)type));
        var cache = Path.Combine(_realm.Directory, "cc");
        if (spoilt)
        {
            var ticket = _realm.IssueTicket(alice.Principal, service.Principal, static t => t.Pac!.ChangeSigned = static pac =>
            {
                pac[TestPac.OffsetOf(pac, 1) + 200] ^= 1;
                return pac;
            });
            CredentialCacheFile.Save(new CredentialCache(alice.Principal, [ticket]), cache);
        }
        else
        {
            (await RunAsync("kinit", ["-kt", alice.Keytab, "alice"], cache: cache)).EnsureSuccess();
        }

        var seen = (await ForeignProcess.RunAsync(PythonTools.Interpreter, ["-B", PythonTools.Script("gss_pac.py"), "HTTP@localhost"], "", Environment(cache, service.Keytab))).EnsureSuccess().Lines;

        Assert.Equal(spoilt ? "False" : "True", seen["verified"]);
        if (spoilt) return;
        Assert.Equal((Domain + "-1104", Domain + "-513"), (seen["user-sid"], seen["primary-group-sid"]));
        Assert.Equal($"{Domain}-513 {Domain}-1105 S-1-5-21-7-8-9-1200 S-1-18-1", seen["group-sids"]);
        Assert.Equal(("alice", "alice", "alice@corp.example", "TEST.LOCAL"), (seen["account"], seen["client"], seen["upn"], seen["dns-domain"]));
        Assert.Equal(($"alice {Domain}-1104", Domain + "-1104"), (seen["named"], seen["requestor"]));
        Assert.Equal("1 6 7 10 12 16 18 19", seen["types"]);
    }

    [PeerTheory]
    [InlineData(KdcFault.WrongNonce, "KDC reply did not match expectations")]
    [InlineData(KdcFault.PreauthenticationFailed, "Preauthentication failed")]
    [InlineData(KdcFault.EncryptionTypeUnsupported, "KDC has no support for encryption type")]
    [InlineData(KdcFault.WrongKey, "Password incorrect")]
    [InlineData(KdcFault.Unreachable, "Cannot contact any KDC")]
    public async Task Kinit_Fault_FailsByThatName(KdcFault fault, string text)
    {
        var keytab = _realm.AddUser("alice").Keytab;
        (await RunAsync("kinit", ["-kt", keytab, "alice"])).EnsureSuccess();

        _realm.Fault = fault;
        var refused = await RunAsync("kinit", ["-kt", keytab, "alice"]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(text, refused.StandardError, StringComparison.Ordinal);
    }

    private Task OnlyTcpAsync() => File.AppendAllTextAsync(_realm.Krb5Config, "[libdefaults]\n    udp_preference_limit = 1\n");

    private Task<ProcessOutput> RunAsync(string program, string[] arguments, string input = "", string? cache = null, string? keytab = null) =>
        ForeignProcess.RunAsync(MitTools.Find(program), arguments, input, Environment(cache, keytab));

    private Dictionary<string, string> Environment(string? cache = null, string? keytab = null) => new()
    {
        ["KRB5_CONFIG"] = _realm.Krb5Config,
        ["KRB5CCNAME"] = "FILE:" + (cache ?? Path.Combine(_realm.Directory, "cc")),
        ["KRB5_KTNAME"] = "FILE:" + (keytab ?? Path.Combine(_realm.Directory, "none")),
        ["KRB5RCACHEDIR"] = _realm.Directory,
        ["KRB5_TRACE"] = "/dev/stderr",
        ["LC_ALL"] = "C",
    };
}
