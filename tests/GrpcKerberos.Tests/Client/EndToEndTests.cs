using System.Diagnostics.Metrics;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Shared.Kestrel;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>The client, the KDC and the server together: real keytabs, a real krb5.conf, real sockets.</summary>
public sealed class EndToEndTests : IAsyncLifetime
{
    private readonly ScriptedGreeter _greeter = new();
    private TestRealm _realm = null!;
    private TestAccount _service = null!;
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;

    public static TheoryData<Shape> All => new(Enum.GetValues<Shape>());

    public async Task InitializeAsync()
    {
        _realm = await TestRealm.StartAsync();
        _service = _realm.AddService("HTTP/localhost");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static k => k.BePatient()).UseKestrel(static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_greeter);
        builder.Services.AddAuthentication().AddKerberos(o => o.Keytab = _service.Keytab);
        _app = builder.Build();
        _app.MapGrpcService<ScriptedGreeter>();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(
            $"http://localhost:{new Uri(_app.Urls.First()).Port}", new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true });
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
        await _realm.DisposeAsync();
    }

    [Theory, MemberData(nameof(All))]
    public async Task Call_WithAKeytab_IsProvedBothWays(Shape shape)
    {
        string? caller = null;
        _greeter.Hook = context =>
        {
            caller = context.GetHttpContext().User.Identity?.Name;
            return Task.CompletedTask;
        };
        using var interceptor = NewInterceptor(new KerberosClientOptions { Keytab = _realm.AddUser("alice").Keytab });
        var invoker = _channel.WithKerberos(interceptor);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(invoker, shape));
        Assert.Equal("alice@TEST.LOCAL", caller);
        var asked = _realm.RequestCount;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(invoker, shape));
        Assert.Equal(asked, _realm.RequestCount);
    }

    [Fact]
    public async Task Call_AfterALogin_UsesItsCache()
    {
        using var interceptor = NewInterceptor(new KerberosClientOptions { CredentialCache = "FILE:" + await _realm.AddUser("alice").LoginAsync() });
        Assert.Equal(Calls.Words, await Calls.MakeAsync(_channel.WithKerberos(interceptor), Shape.Unary));
    }

    [Fact]
    public async Task Call_WithAKeytabInMemory_LogsInWithIt()
    {
        var keytab = await File.ReadAllBytesAsync(_realm.AddUser("alice").Keytab);
        using var interceptor = NewInterceptor(new KerberosClientOptions { LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(keytab) });
        Assert.Equal(Calls.Words, await Calls.MakeAsync(_channel.WithKerberos(interceptor), Shape.Unary));
    }

    [Fact]
    public async Task Call_ServiceTheRealmDoesNotKnow_SaysSo()
    {
        using var interceptor = NewInterceptor(new KerberosClientOptions { Keytab = _realm.AddUser("alice").Keytab, ServicePrincipal = "HTTP/elsewhere" });
        CallShapeTests.AssertOurs(
            await Calls.FailAsync(_channel.WithKerberos(interceptor), Shape.Unary),
            KerberosError.ServiceUnknown,
            "TEST.LOCAL knows no service HTTP/elsewhere (KDC_ERR_S_PRINCIPAL_UNKNOWN, 7); the name came from ServicePrincipal \"HTTP/elsewhere\". Next:");
    }

    [Fact]
    public async Task Call_KeytabThatIsNotThere_SaysSo()
    {
        using var interceptor = NewInterceptor(new KerberosClientOptions { Keytab = "/nowhere/a.keytab" });
        CallShapeTests.AssertOurs(
            await Calls.FailAsync(_channel.WithKerberos(interceptor), Shape.Unary), KerberosError.KeytabUnusable, "Keytab /nowhere/a.keytab (from KerberosClientOptions.Keytab) does not exist. Next:");
    }

    [Fact]
    public async Task Call_CacheOfSomebodyElse_IsNotUsed()
    {
        using var interceptor = NewInterceptor(
            new KerberosClientOptions { CredentialCache = "FILE:" + await _realm.AddUser("alice").LoginAsync(), Principal = "bob@TEST.LOCAL" });
        CallShapeTests.AssertOurs(await Calls.FailAsync(_channel.WithKerberos(interceptor), Shape.Unary), KerberosError.NoCredentials, "No Kerberos credentials: FILE:");
    }

    [Fact]
    public async Task Call_WhileTheKdcIsDown_IsUnavailable()
    {
        var keytab = await File.ReadAllBytesAsync(_realm.AddUser("alice").Keytab);
        using var interceptor = NewInterceptor(new KerberosClientOptions
        {
            LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(keytab),
        });
        _realm.Fault = KdcFault.Unreachable;
        var failure = await Calls.FailAsync(_channel.WithKerberos(interceptor), Shape.Unary);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal(KerberosError.KdcUnreachable, failure.GetKerberosError());
        _realm.Fault = KdcFault.None;
        Assert.Equal(Calls.Words, await Calls.MakeAsync(_channel.WithKerberos(interceptor), Shape.Unary));
    }

    /// <summary>Its token went alone and the call comes again: on neither side a failure.</summary>
    [Fact]
    public async Task Metrics_TokenInAFrame_IsResentAndNoFailure()
    {
        using var client = new Meters().Listen();
        using var server = new Meters().Listen(_app.Services.GetRequiredService<IMeterFactory>());
        using var interceptor = NewInterceptor(new KerberosClientOptions { Keytab = _realm.AddUser("alice").Keytab, TokenFormat = KerberosTokenFormat.Gss }, client);

        for (var i = 0; i < 2; i++) await Calls.MakeAsync(_channel.WithKerberos(interceptor), Shape.Unary);

        Assert.Equal(["1 error.type=PROVE"], client.Of("kerberos.client.resends"));
        Assert.Empty(client.Of("kerberos.client.refusals"));
        Assert.All(server.All, static m => Assert.DoesNotContain("error.type", m.Tags, StringComparison.Ordinal));
        Assert.Equal(["kerberos.carrier=negotiate", "kerberos.carrier=session", "kerberos.carrier=session"], client.All.Where(static m => m.Name == "kerberos.client.proof.duration").Select(static m => m.Tags));
        Assert.Equal(["kerberos.carrier=negotiate", "kerberos.carrier=session", "kerberos.carrier=session"], server.All.Where(static m => m.Name == "kerberos.server.exchange.duration").Select(static m => m.Tags));
        Assert.DoesNotContain(client.Lines.Concat(server.Lines), static l => l.Contains("alice", StringComparison.OrdinalIgnoreCase));
    }

    private KerberosClientInterceptor NewInterceptor(KerberosClientOptions options, IMeterFactory? meters = null)
    {
        options.Krb5Config = _realm.Krb5Config;
        options.KdcTimeout = TimeSpan.FromMinutes(1);
        return new KerberosClientInterceptor(options, meterFactory: meters);
    }
}
