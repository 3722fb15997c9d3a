using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using GrpcKerberos.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Notes.V1;

namespace GrpcKerberos.Tests.Beside;

/// <summary>A service with JSON transcoding, health and reflection beside it, on one address for HTTP/1.1 and one for HTTP/2.</summary>
internal sealed class BesideScene : IAsyncDisposable
{
    private readonly TestRealm _realm;
    private readonly WebApplication _app;
    private readonly List<IDisposable> _owned = [];

    private BesideScene(TestRealm realm, WebApplication app)
    {
        _realm = realm;
        _app = app;
    }

    public static async Task<BesideScene> StartAsync(Action<AuthenticationBuilder>? beside = null, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        var realm = await TestRealm.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(static k =>
        {
            k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc().AddJsonTranscoding();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("own", static () => HealthCheckResult.Healthy());
        var authentication = builder.Services.AddAuthentication("Kerberos").AddKerberos(o => o.Keytab = realm.AddService("HTTP/localhost").Keytab);
        beside?.Invoke(authentication);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        map ??= static a => a.MapGrpcService<NotesService>();
        map(app);
        await app.StartAsync();
        return new BesideScene(realm, app);
    }

    /// <summary>Over HTTP/2 without TLS; nobody's call unless it goes through <see cref="AsAlice"/>.</summary>
    public GrpcChannel Channel(HttpMessageHandler? handler = null)
    {
        var channel = GrpcChannel.ForAddress(Address(1), new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = true, HttpHandler = handler });
        _owned.Add(channel);
        return channel;
    }

    public CallInvoker AsAlice(HttpMessageHandler? handler = null)
    {
        var interceptor = new KerberosClientInterceptor(new KerberosClientOptions { Krb5Config = _realm.Krb5Config, Keytab = _realm.AddUser("alice").Keytab });
        _owned.Add(interceptor);
        return Channel(handler).WithKerberos(interceptor);
    }

    /// <summary>A plain request over HTTP/1.1.</summary>
    public Task<(HttpStatusCode Status, string Challenge, string Body)> GetAsync(string path, params (string Name, string Value)[] headers) =>
        GetAsync(path, null, headers);

    /// <summary>The same, with a content type.</summary>
    public async Task<(HttpStatusCode Status, string Challenge, string Body)> GetAsync(string path, string? type, (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Address(0)) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (type is not null) (request.Content = new ByteArrayContent([])).Headers.TryAddWithoutValidation("content-type", type);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, response.Headers.WwwAuthenticate.ToString(), await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned) owned.Dispose();
        await _app.DisposeAsync();
        await _realm.DisposeAsync();
    }

    // "localhost" makes the service's name; the addresses are those of loopback alone.
    private string Address(int which) => $"http://localhost:{new Uri(_app.Urls.ElementAt(which)).Port}";

    internal sealed class NotesService : Notes.V1.Notes.NotesBase
    {
        public override Task<Note> Read(ReadRequest request, ServerCallContext context) =>
            Task.FromResult(new Note { Text = $"about {request.Name}", Reader = context.GetHttpContext().User.Identity?.Name ?? "" });

        public override async Task Follow(ReadRequest request, IServerStreamWriter<Note> responseStream, ServerCallContext context) =>
            await responseStream.WriteAsync(await Read(request, context));
    }
}
