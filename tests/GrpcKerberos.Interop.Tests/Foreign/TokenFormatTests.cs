using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Interop.Tests.Foreign;

/// <summary>Our client by the frames of stock clients, against a server that is none of ours, and against one that is.</summary>
[Collection(MitRealm.Collection)]
public sealed class TokenFormatTests(MitRealm realm)
{
    private const string Alice = $"alice@{MitRealm.Name}";

    public static TheoryData<KerberosTokenFormat, string> Formats => new()
    {
        { KerberosTokenFormat.Gss, "aes128-cts" }, { KerberosTokenFormat.Gss, "aes256-cts" }, { KerberosTokenFormat.Gss, "aes128-sha2" }, { KerberosTokenFormat.Gss, "aes256-sha2" },
        { KerberosTokenFormat.Spnego, "aes256-cts" }, { KerberosTokenFormat.Spnego, "aes256-sha2" },
    };

    [PeerTheory(Peer.Python)]
    [MemberData(nameof(Formats))]
    public async Task Calls_OfEachShape_MitsAcceptorTakesAFreshTokenEachAndProvesItself(KerberosTokenFormat format, string enctype)
    {
        await using var server = await GssGreeter.StartAsync(realm, realm.Keytab("et-" + enctype));
        using var interceptor = NewInterceptor(format, enctype);

        foreach (var shape in new[] { "blocking", "unary", "unary", "server", "client", "duplex" })
        {
            Assert.Equal((shape, Alice), (shape, await CallAsync(server.Channel.WithKerberos(interceptor), shape)));
            Assert.Equal($"{(format == KerberosTokenFormat.Gss ? "krb5" : "spnego")} mutual_authentication integrity", await server.TookAsync());
        }

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => CallAsync(server.Channel.WithKerberos(interceptor), "unary"))), static c => Assert.Equal(Alice, c));
    }

    [PeerTheory(Peer.Python)]
    [InlineData(KerberosTokenFormat.Gss)]
    [InlineData(KerberosTokenFormat.Spnego)]
    public async Task Calls_WithoutMutualAuthentication_TakeAnAbsentProof(KerberosTokenFormat format)
    {
        await using var server = await GssGreeter.StartAsync(realm, realm.Keytab("et-aes256-cts"));
        using var interceptor = NewInterceptor(format, "aes256-cts", o => o.RequireMutualAuthentication = false);

        foreach (var shape in new[] { "unary", "server", "client", "duplex" })
        {
            Assert.Equal((shape, Alice), (shape, await CallAsync(server.Channel.WithKerberos(interceptor), shape)));
            Assert.EndsWith(" integrity", await server.TookAsync(), StringComparison.Ordinal);
        }
    }

    [PeerTheory(Peer.Python)]
    [InlineData("silent", "no www-authenticate: Negotiate in")]
    [InlineData("garbled", "its www-authenticate: Negotiate is not this call's in")]
    [InlineData("trailer", "no www-authenticate: Negotiate in")]
    [InlineData("anybody", "no www-authenticate: Negotiate in")]
    public async Task Call_AnswerWithoutItsApRep_IsDiscarded(string fault, string why)
    {
        await using var server = await GssGreeter.StartAsync(realm, realm.Keytab("et-aes256-cts"), fault);
        foreach (var shape in new[] { "blocking", "unary", "server", "client", "duplex" })
        {
            using var interceptor = NewInterceptor(KerberosTokenFormat.Gss, "aes256-cts");
            var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server.Channel.WithKerberos(interceptor), shape));

            Assert.Equal((shape, StatusCode.Unauthenticated, KerberosError.ServerNotProven), (shape, error.StatusCode, error.GetKerberosError()!.Value));
            Assert.Contains($"({why} the response headers)", error.Status.Detail, StringComparison.Ordinal);
        }
    }

    [PeerFact(Peer.Python)]
    public async Task Call_AnswerOfAnotherCall_IsDiscarded()
    {
        await using var server = await GssGreeter.StartAsync(realm, realm.Keytab("et-aes256-cts"), "first");
        using var interceptor = NewInterceptor(KerberosTokenFormat.Gss, "aes256-cts");
        Assert.Equal(Alice, await CallAsync(server.Channel.WithKerberos(interceptor), "unary"));

        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server.Channel.WithKerberos(interceptor), "unary"));

        Assert.Equal(KerberosError.ServerNotProven, error.GetKerberosError());
    }

    [PeerFact(Peer.Python)]
    public async Task Call_ServerWithoutItsKey_IsNotProven()
    {
        await using var server = await GssGreeter.StartAsync(realm, realm.Keytab("et-aes128-cts"));
        using var interceptor = NewInterceptor(KerberosTokenFormat.Gss, "aes256-cts");

        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(server.Channel.WithKerberos(interceptor), "unary"));

        Assert.Equal((StatusCode.Unauthenticated, KerberosError.ServerNotProven), (error.StatusCode, error.GetKerberosError()!.Value));
    }

    [PeerTheory]
    [InlineData(KerberosTokenFormat.Gss, SessionPortability.Portable)]
    [InlineData(KerberosTokenFormat.Gss, SessionPortability.ServerBound)]
    [InlineData(KerberosTokenFormat.Spnego, SessionPortability.Portable)]
    [InlineData(KerberosTokenFormat.Spnego, SessionPortability.ServerBound)]
    public async Task Calls_ToAServerOfOurs_ProveThenItsSession(KerberosTokenFormat format, SessionPortability portability)
    {
        foreach (var first in new[] { "blocking", "unary", "server", "client", "duplex" })
        {
            await using var host = await GreeterHost.StartAsync(realm.Keytab("et-aes256-cts"), realm.Krb5Conf, o => o.SessionPortability = portability);
            using var interceptor = NewInterceptor(format, "aes256-cts");
            var invoker = host.Channel.WithKerberos(interceptor);

            foreach (var shape in new[] { first, "unary", "server", "client", "duplex" }) Assert.Equal((first, shape, Alice), (first, shape, await CallAsync(invoker, shape)));
            await host.RestartAsync();
            Assert.Equal(Alice, await CallAsync(invoker, "unary"));
            Assert.Equal(Alice, await CallAsync(invoker, "server"));
            Assert.Equal(7, host.Ran);
        }
    }

    private KerberosClientInterceptor NewInterceptor(KerberosTokenFormat format, string enctype, Action<KerberosClientOptions>? configure = null)
    {
        var options = new KerberosClientOptions { Keytab = realm.Keytab("alice"), Krb5Config = realm.Krb5Conf, ServicePrincipal = $"et-{enctype}/{{host}}", TokenFormat = format };
        configure?.Invoke(options);
        return new KerberosClientInterceptor(options);
    }

    private static async Task<string> CallAsync(CallInvoker invoker, string shape)
    {
        var greeter = new Greeter.V1.Greeter.GreeterClient(invoker);
        var request = new HelloRequest { Name = "world" };
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(120);
        switch (shape)
        {
            case "blocking":
                return await Task.Run(() => greeter.SayHello(request, deadline: deadline).Principal);
            case "unary":
                return (await greeter.SayHelloAsync(request, deadline: deadline)).Principal;
            case "server":
                using (var call = greeter.SayHellos(request, deadline: deadline)) return await LastAsync(call.ResponseStream);
            case "client":
                using (var call = greeter.CollectHellos(deadline: deadline))
                {
                    await WriteAsync(call.RequestStream, request);
                    return (await call).Principal;
                }

            default:
                using (var call = greeter.Chat(deadline: deadline))
                {
                    await WriteAsync(call.RequestStream, request);
                    return await LastAsync(call.ResponseStream);
                }
        }
    }

    /// <summary>A write may meet a call that was refused already; what it came to is told by its answer.</summary>
    private static async Task WriteAsync(IClientStreamWriter<HelloRequest> stream, HelloRequest request)
    {
        try
        {
            await stream.WriteAsync(request);
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
        }
    }

    private static async Task<string> LastAsync(IAsyncStreamReader<HelloReply> stream)
    {
        var last = "";
        await foreach (var reply in stream.ReadAllAsync()) last = reply.Principal;
        return last;
    }
}
