using Grpc.Core;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Whole gRPC calls of ours in MIT's realm: krb5kdc's tickets, kinit's cache and kadmin's keytabs.</summary>
[Collection(MitRealm.Collection)]
public sealed class GreeterCallTests(MitRealm realm)
{
    public static TheoryData<string, int> Enctypes => MitClient.Enctypes;

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Call_WithTheCacheOfKinit_GreetsAlice(string enctype, int number)
    {
        var cache = await realm.KinitAsync("alice");
        Assert.Equal(number, (int)(await MitClient.TicketAsync(realm, enctype)).SessionKey.Type);

        await GreetsAliceAsync(enctype, new KerberosClientOptions { CredentialCache = "FILE:" + cache });
    }

    [PeerTheory]
    [InlineData("aes128-cts")]
    [InlineData("aes256-cts")]
    [InlineData("aes128-sha2")]
    [InlineData("aes256-sha2")]
    public async Task Call_WithTheServiceTicketOfKvno_NeedsNoKdc(string enctype)
    {
        var cache = await realm.KinitAsync("alice");
        (await realm.RunAsync("kvno", [$"et-{enctype}/localhost"], cache: cache)).EnsureSuccess();
        var before = realm.KdcLog.Length;

        await GreetsAliceAsync(enctype, new KerberosClientOptions { CredentialCache = "FILE:" + cache });

        Assert.DoesNotContain("TGS_REQ", realm.KdcLog[before..], StringComparison.Ordinal);
    }

    [PeerTheory]
    [MemberData(nameof(Enctypes))]
    public async Task Call_WithAKeytab_LogsInAtKrb5kdcAndGreetsAlice(string enctype, int number)
    {
        var before = realm.KdcLog.Length;

        await GreetsAliceAsync(enctype, new KerberosClientOptions { Keytab = realm.Keytab("alice") });

        var log = realm.KdcLog[before..];
        Assert.Contains($"alice@{MitRealm.Name} for et-{enctype}/localhost@{MitRealm.Name}", log, StringComparison.Ordinal);
        Assert.Contains($"({number})", log, StringComparison.Ordinal);
    }

    [PeerFact]
    public async Task Call_ToAServerWithAnotherServicesKeytab_Refused()
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("et-aes128-sha2"), realm.Krb5Conf);
        using var interceptor = NewInterceptor("aes256-sha2", new KerberosClientOptions { Keytab = realm.Keytab("alice") });
        using var right = NewInterceptor("aes128-sha2", new KerberosClientOptions { Keytab = realm.Keytab("alice") });

        Assert.Equal($"alice@{MitRealm.Name}", (await host.GreetAsync(right)).Principal);
        var refused = await Assert.ThrowsAsync<RpcException>(() => host.GreetAsync(interceptor));

        Assert.Equal((StatusCode.Unauthenticated, KerberosError.TicketRefused), (refused.StatusCode, refused.GetKerberosError()));
    }

    [PeerFact]
    public async Task Calls_64AtOnce_AllGreetedWithOneLoginAndOneTicket()
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("et-aes256-cts"), realm.Krb5Conf);
        using var interceptor = NewInterceptor("aes256-cts", new KerberosClientOptions { Keytab = realm.Keytab("alice") });
        var before = realm.KdcLog.Length;

        var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => host.GreetAsync(interceptor)));

        Assert.All(replies, static r => Assert.Equal($"alice@{MitRealm.Name}", r.Principal));
        Assert.Equal(1, realm.KdcLog[before..].Split('\n').Count(static l => l.Contains("TGS_REQ", StringComparison.Ordinal) && l.Contains("ISSUE", StringComparison.Ordinal)));
    }

    private async Task GreetsAliceAsync(string enctype, KerberosClientOptions options)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab("et-" + enctype), realm.Krb5Conf);
        using var interceptor = NewInterceptor(enctype, options);

        // Twice: the first call carries the token, the second only the session's proof.
        for (var i = 0; i < 2; i++)
        {
            var reply = await host.GreetAsync(interceptor);
            Assert.Equal($"alice@{MitRealm.Name}", reply.Principal);
            Assert.Equal($"Hello world, you are alice@{MitRealm.Name}.", reply.Message);
        }
    }

    private KerberosClientInterceptor NewInterceptor(string enctype, KerberosClientOptions options)
    {
        options.Krb5Config = realm.Krb5Conf;
        options.ServicePrincipal = $"et-{enctype}/{{host}}";
        return new KerberosClientInterceptor(options);
    }
}
