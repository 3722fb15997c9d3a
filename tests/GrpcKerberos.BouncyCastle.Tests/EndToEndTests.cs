using System.Collections.Concurrent;
using Greeter.V1;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Protocol;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>Options, KDC, keytabs and calls as an application has them, with accounts that have one key of one type.</summary>
public class EndToEndTests
{
    public static TheoryData<EncryptionType, string> Types => new()
    {
        { EncryptionType.Camellia128CtsCmac, "camellia128-cts-cmac" }, { EncryptionType.Camellia256CtsCmac, "camellia256-cts-cmac" }, { EncryptionType.Rc4Hmac, "arcfour-hmac" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Call_AccountsWithThisKeyAlone_ServedWhereBothEndsNameTheType(EncryptionType type, string name)
    {
        await using var realm = await RealmAsync();
        var service = realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(type)).Keytab;
        var user = realm.AddUser("alice", o => o.EncryptionTypes.Add(type)).Keytab;
        var logs = new Logs();
        await using var app = await StartAsync(service, logs, name, "aes256-cts");

        for (var call = 0; call < 3; call++) Assert.Equal("alice@TEST.LOCAL", (await CallAsync(app, realm, user, logs, name, "aes256-cts")).Principal);

        Assert.Equal(type == EncryptionType.Rc4Hmac, logs.Ids.Contains(103));
    }

    /// <summary>The provider is in the options, as is everything else: only the name is missing.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public async Task Call_ClientDoesNotNameTheType_NoLogin(EncryptionType type, string name)
    {
        await using var realm = await RealmAsync();
        var service = realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(type)).Keytab;
        var user = realm.AddUser("alice", o => o.EncryptionTypes.Add(type)).Keytab;
        var logs = new Logs();
        await using var app = await StartAsync(service, logs, name, "aes256-cts");

        var e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(app, realm, user, logs));

        Assert.Equal(KerberosError.KeytabUnusable, e.GetKerberosError());
        Assert.Contains($"all keys of alice@TEST.LOCAL are {name} ({(int)type}), which is off", e.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Start_ServerDoesNotNameTheType_Refused(EncryptionType type, string name)
    {
        await using var realm = await RealmAsync();
        var service = realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(type)).Keytab;

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(service, new Logs()));

        Assert.Contains($"all keys are {name} ({(int)type}), which is off", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Known in the process is not enough: these very options need the provider.</summary>
    [Theory]
    [MemberData(nameof(Types))]
    public void Options_TypeNamedWithoutItsProvider_ThePackageIsNamed(EncryptionType type, string name)
    {
        using (new KerberosClientInterceptor(Options(name, "aes256-cts"))) Assert.True(Protocol.Crypto.EncryptionProfile.TryFor(type, out _));
        var options = Options(name, "aes256-cts");
        options.EncryptionTypeProviders.Clear();
        var e = Assert.Throws<KerberosException>(() => new KerberosClientInterceptor(options));
        Assert.Equal(KerberosError.ConfigurationInvalid, e.Error);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Contains("GrpcKerberos.BouncyCastle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_Rc4Alone_RefusedAtBothEnds()
    {
        await using var realm = await RealmAsync();
        var service = realm.AddService("HTTP/localhost", o => o.EncryptionTypes.Add(EncryptionType.Rc4Hmac)).Keytab;
        var client = Assert.Throws<KerberosException>(() => new KerberosClientInterceptor(Options("rc4-hmac")));
        var server = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(service, new Logs(), "rc4-hmac"));
        foreach (var message in new[] { client.Message, server.Message }) Assert.Contains("arcfour-hmac alone, whose keys prove no call. Next: name an AES type beside it", message, StringComparison.Ordinal);
    }

    private static KerberosClientOptions Options(params string[] types)
    {
        var options = new KerberosClientOptions();
        options.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.Camellia);
        options.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.DangerousRc4);
        foreach (var type in types) options.EncryptionTypes.Add(type);
        return options;
    }

    private static Task<TestRealm> RealmAsync() => TestRealm.StartAsync(configure: static o =>
    {
        o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.Camellia);
        o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.DangerousRc4);
    });

    private static async Task<WebApplication> StartAsync(string keytab, Logs logs, params string[] types)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(logs);
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication().AddKerberos(o =>
        {
            o.Keytab = keytab;
            o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.Camellia);
            o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.DangerousRc4);
            foreach (var type in types) o.EncryptionTypes.Add(type);
        });
        var app = builder.Build();
        app.MapGrpcService<Hello>();
        await app.StartAsync();
        return app;
    }

    private static async Task<HelloReply> CallAsync(WebApplication app, TestRealm realm, string keytab, Logs logs, params string[] types)
    {
        var options = Options(types);
        (options.Krb5Config, options.Keytab) = (realm.Krb5Config, keytab);
        using var channel = GrpcChannel.ForAddress("https://localhost", new GrpcChannelOptions { HttpHandler = app.GetTestServer().CreateHandler() });
        using var interceptor = new KerberosClientInterceptor(options, new LoggerFactory([logs]));
        return await new Greeter.V1.Greeter.GreeterClient(channel.WithKerberos(interceptor)).SayHelloAsync(new HelloRequest { Name = "x" });
    }

    internal sealed class Hello : Greeter.V1.Greeter.GreeterBase
    {
        public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
            Task.FromResult(new HelloReply { Principal = context.GetRequiredKerberosCaller().Principal.ToString() });
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        private readonly ConcurrentBag<int> _ids = [];

        public IReadOnlyCollection<int> Ids => _ids;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _ids.Add(eventId.Id);

        public void Dispose()
        {
        }
    }
}
