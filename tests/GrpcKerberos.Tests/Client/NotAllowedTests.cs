using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>NOT_ALLOWED is a name beside a status that the server has proved, and nothing else.</summary>
public sealed class NotAllowedTests
{
    private const int PermissionDenied = (int)StatusCode.PermissionDenied;
    private const string NotAllowed = "Kerberos error=NOT_ALLOWED";

    [Theory, InlineData(Shape.Blocking), InlineData(Shape.Unary), InlineData(Shape.ClientStreaming), InlineData(Shape.ServerStreaming), InlineData(Shape.Duplex)]
    public async Task Proved_IsTheCause(Shape shape)
    {
        var failure = await FailAsync(static r => r.Prove(), PermissionDenied, NotAllowed, shape: shape);

        Assert.Equal((KerberosError.NotAllowed, StatusCode.PermissionDenied, "scripted"), (failure.GetKerberosError(), failure.StatusCode, failure.Status.Detail));
        Assert.StartsWith("The caller is authenticated but may not call /greeter.v1.Greeter/", failure.Status.DebugException!.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Next: the server's log names the requirement.", failure.Status.DebugException!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Trailers, static t => t.Key is "www-authenticate" or "authentication-info");
    }

    /// <summary>The one that writes hears of it as well as the one that reads.</summary>
    [Fact]
    public async Task Proved_IsTheCauseForAWriterToo()
    {
        await using var scene = await ClientScene.StartAsync();
        scene.Server.Script = static (received, _) =>
        {
            received.Prove();
            received.EndWith(PermissionDenied, NotAllowed);
            return Task.CompletedTask;
        };
        using var call = new Greeter.V1.Greeter.GreeterClient(scene.Invoker).Chat();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new() { Name = "a" }));

        Assert.Equal((KerberosError.NotAllowed, StatusCode.PermissionDenied), (failure.GetKerberosError(), failure.StatusCode));
        Assert.DoesNotContain(failure.Trailers, static t => t.Key is "www-authenticate" or "authentication-info");
    }

    [Theory]
    [InlineData(PermissionDenied, null)]
    [InlineData(PermissionDenied, "Kerberos error=TICKET_REFUSED")]
    [InlineData(PermissionDenied, "Kerberos error=NOT_ALLOWED, error=NOT_ALLOWED")]
    [InlineData(PermissionDenied, "Negotiate")]
    [InlineData((int)StatusCode.Unauthenticated, NotAllowed)]
    [InlineData((int)StatusCode.NotFound, NotAllowed)]
    public async Task Proved_AnotherNameOrStatus_IsTheApplications(int status, string? value)
    {
        var failure = await FailAsync(static r => r.Prove(), status, value);

        Assert.Equal((null, (StatusCode)status), (failure.GetKerberosError(), failure.StatusCode));
    }

    [Fact]
    public async Task WrongProof_IsNotBelieved() => Assert.Equal(
        KerberosError.ServerNotProven, (await FailAsync(static r => r.Prove(r.Answer!.Value with { Mic = new Mic(new byte[28]) }), PermissionDenied, NotAllowed)).GetKerberosError());

    [Fact]
    public async Task NoProof_IsNotBelieved() =>
        Assert.Equal(KerberosError.ServerNotProven, (await FailAsync(static _ => { }, PermissionDenied, NotAllowed)).GetKerberosError());

    [Fact]
    public async Task NoProofWanted_NamesNothing()
    {
        var failure = await FailAsync(static _ => { }, PermissionDenied, NotAllowed, new ClientSettings { RequireMutualAuthentication = false });

        Assert.Equal((null, StatusCode.PermissionDenied), (failure.GetKerberosError(), failure.StatusCode));
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, "NOT_ALLOWED", KerberosError.NotAllowed)]
    [InlineData(StatusCode.PermissionDenied, "TICKET_REFUSED", null)]
    [InlineData(StatusCode.Unavailable, "NOT_ALLOWED", null)]
    public void OfAClientWithoutGrpcKerberos_TheTrailersName(StatusCode status, string name, KerberosError? error) => Assert.Equal(
        error, new RpcException(new Status(status, ""), new Metadata { { "www-authenticate", $"Kerberos error={name}" } }).GetKerberosError());

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task RefusedByOnSessionEstablished_IsTheCause(bool establishFirst, bool serverBound)
    {
        var refuses = false;
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Services = (_, s) => s.AddAuthentication().AddKerberos(o =>
            {
                o.Keytab = realm.AddService("HTTP/localhost").Keytab;
                o.SessionPortability = serverBound ? SessionPortability.ServerBound : SessionPortability.Portable;
                o.Events.OnSessionEstablished = context =>
                {
                    if (refuses) context.Refuse("left the company");
                    return Task.CompletedTask;
                };
            }),
        }.StartAsync();
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab, EstablishFirst = establishFirst };
        using var channel = app.Channel();
        Assert.Equal($"Hello {Calls.Words}", await Calls.MakeAsync(channel.WithKerberos(options), Shape.Unary));
        refuses = true;

        foreach (var shape in new[] { Shape.Unary, Shape.Duplex })
        {
            using var client = new KerberosClientInterceptor(options);
            var failure = await Calls.FailAsync(channel.WithKerberos(client), shape);

            Assert.Equal((KerberosError.NotAllowed, StatusCode.PermissionDenied), (failure.GetKerberosError(), failure.StatusCode));
            Assert.StartsWith("The caller is authenticated but may not call /", failure.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(1, app.Behaviour.Runs);
    }

    /// <summary>The handler's own word, or what it hands on of a call of its own.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(NotAllowed)]
    public async Task DeniedByTheHandler_IsTheApplications(string? challenge)
    {
        await using var realm = await TestRealm.StartAsync();
        await using var app = await new TestServerApp
        {
            Services = (_, s) => s.AddAuthentication().AddKerberos(o => o.Keytab = realm.AddService("HTTP/localhost").Keytab),
        }.StartAsync();
        app.Behaviour.Before = context =>
        {
            var trailers = new Metadata();
            if (challenge is not null)
            {
                trailers.Add("www-authenticate", challenge);
                context.GetHttpContext().Response.Headers["www-authenticate"] = challenge;
                context.ResponseTrailers.Add("www-authenticate", challenge);
            }

            throw new RpcException(new Status(StatusCode.PermissionDenied, "not yours"), trailers);
        };
        var options = new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab };
        using var channel = app.Channel();
        using var client = new KerberosClientInterceptor(options);
        foreach (var shape in Enum.GetValues<Shape>())
        {
            var failure = await Calls.FailAsync(channel.WithKerberos(client), shape);

            Assert.Equal((null, StatusCode.PermissionDenied, "not yours"), (failure.GetKerberosError(), failure.StatusCode, failure.Status.Detail));
        }
    }

    private static async Task<RpcException> FailAsync(Action<Received> prove, int status, string? value, ClientSettings? settings = null, Shape shape = Shape.Unary)
    {
        await using var scene = await ClientScene.StartAsync(settings: settings);
        scene.Server.Script = (received, _) =>
        {
            prove(received);
            received.EndWith(status, value);
            return Task.CompletedTask;
        };
        var failure = await Calls.FailAsync(scene.Invoker, shape);
        Assert.Single(scene.Server.Received);
        return failure;
    }
}
