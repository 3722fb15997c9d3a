using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using GrpcKerberos.Tests.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GrpcKerberos.Tests.Messages;

/// <summary>A realm, a service in it, and callers of whom each has one thing wrong: what do they read?</summary>
internal sealed class MessageScene : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MessageScene(TestRealm realm, TestAccount service, WebApplication app)
    {
        Realm = realm;
        Service = service;
        _app = app;
    }

    public TestRealm Realm { get; }

    /// <summary>HTTP/localhost. The server reads a keytab of its own, as it was at the start.</summary>
    public TestAccount Service { get; }

    public static async Task<MessageScene> StartAsync(Action<TestRealmOptions>? configure = null)
    {
        var realm = await TestRealm.StartAsync(configure: configure);
        var service = realm.AddService("HTTP/localhost");
        var keytab = await File.ReadAllBytesAsync(service.Keytab);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<ScriptedGreeter>();
        builder.Services.AddAuthentication().AddKerberos(o => o.LoadKeytab = _ => ValueTask.FromResult<ReadOnlyMemory<byte>>(keytab));
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<ScriptedGreeter>();
        await app.StartAsync();
        return new MessageScene(realm, service, app);
    }

    /// <summary>A client's options with nothing wrong in them.</summary>
    public KerberosClientOptions Options() => new() { Krb5Config = Realm.Krb5Config };

    /// <summary>The text a call ends with, which must be ours and of this error.</summary>
    public async Task<string> FailAsync(
        KerberosClientOptions options, KerberosError error, StatusCode status = StatusCode.Unauthenticated, string target = "https://localhost")
    {
        using var interceptor = new KerberosClientInterceptor(options);
        return await FailAsync(interceptor, error, status, target);
    }

    /// <summary>The same, where the environment is this and not the process's.</summary>
    public async Task<string> FailAsync(KerberosClientOptions options, KerberosError error, params (string Name, string Value)[] environment)
    {
        var settings = ClientSettings.Read(options);
        var log = new ClientLog(NullLogger.Instance);
        var known = environment.ToDictionary(static e => e.Name, static e => e.Value);
        using var interceptor = new KerberosClientInterceptor(new KerberosClient(settings, new ClientIdentity(settings, known.GetValueOrDefault, log, ClientMetrics.None), log));
        return await FailAsync(interceptor, error, StatusCode.Unauthenticated, "https://localhost");
    }

    public async Task<string> FailAsync(KerberosClientInterceptor interceptor, KerberosError error, StatusCode status, string target)
    {
        using var channel = Channel(target);
        var failure = await Calls.FailAsync(channel.WithKerberos(interceptor), Shape.Unary);
        Assert.Equal((error, status), (failure.GetKerberosError(), failure.StatusCode));
        return failure.Status.Detail;
    }

    public async Task SucceedAsync(KerberosClientOptions options)
    {
        using var interceptor = new KerberosClientInterceptor(options);
        await SucceedAsync(interceptor);
    }

    public async Task SucceedAsync(KerberosClientInterceptor interceptor)
    {
        using var channel = Channel("https://localhost");
        Assert.Equal(Calls.Words, await Calls.MakeAsync(channel.WithKerberos(interceptor), Shape.Unary));
    }

    /// <summary>Whatever host a channel names, this one server answers.</summary>
    public GrpcChannel Channel(string target) => GrpcChannel.ForAddress(target, new GrpcChannelOptions { HttpHandler = _app.GetTestServer().CreateHandler() });

    public string Write(string name, byte[] octets)
    {
        var path = Path.Combine(Realm.Directory, name);
        File.WriteAllBytes(path, octets);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Realm.DisposeAsync();
    }
}
