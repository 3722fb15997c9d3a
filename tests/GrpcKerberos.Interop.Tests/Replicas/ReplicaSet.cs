using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>Three replicas on one keytab, and a client that goes round them and tries again what is UNAVAILABLE.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gk-replicas-");
    private readonly TestRealm _realm;
    private readonly X509Certificate2? _certificate;
    private readonly ServiceProvider _services;
    private readonly KerberosClientInterceptor _interceptor;
    private readonly GrpcChannel _channel;

    private ReplicaSet(TestRealm realm, bool tls)
    {
        _realm = realm;
        Scheme = tls ? "https" : "http";
        _certificate = tls ? MakeCertificate() : null;
        var keytab = realm.AddService("HTTP/localhost").Keytab;
        var ports = new HashSet<int>();
        while (ports.Count < 3) ports.Add(FreePort.Pick());
        Replicas = [.. ports.Select(p => new ReplicaProcess(p, keytab, Path.Combine(_folder.FullName, $"{p}.runs"), realm.Krb5Config, tls ? CertificatePath : null))];
        _services = new ServiceCollection()
            .AddSingleton<ResolverFactory>(new StaticResolverFactory(_ => [.. ports.Select(static p => new BalancerAddress("127.0.0.1", p))]))
            .BuildServiceProvider();
        _interceptor = new KerberosClientInterceptor(new KerberosClientOptions { Krb5Config = realm.Krb5Config, Keytab = realm.AddUser("alice").Keytab });
        Sniffer = new Sniffer(NewHandler());
        _channel = GrpcChannel.ForAddress("static:///localhost", Options(tls));
        Invoker = _channel.WithKerberos(_interceptor);
    }

    public string Scheme { get; }

    public IReadOnlyList<ReplicaProcess> Replicas { get; }

    public Sniffer Sniffer { get; }

    public CallInvoker Invoker { get; }

    private string CertificatePath => Path.Combine(_folder.FullName, "localhost.p12");

    public static async Task<ReplicaSet> StartAsync(bool tls)
    {
        var set = new ReplicaSet(await TestRealm.StartAsync(), tls);
        await Task.WhenAll(set.Replicas.Select(static r => r.StartAsync()));
        return set;
    }

    public SocketsHttpHandler NewHandler() => new()
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, seen, _, _) => seen?.GetCertHashString() == _certificate?.GetCertHashString() },
    };

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _interceptor.Dispose();
        Sniffer.Dispose();
        foreach (var replica in Replicas) await replica.DisposeAsync();
        await _services.DisposeAsync();
        await _realm.DisposeAsync();
        _certificate?.Dispose();
        _folder.Delete(recursive: true);
    }

    private GrpcChannelOptions Options(bool tls) => new()
    {
        Credentials = tls ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
        UnsafeUseInsecureChannelCallCredentials = !tls,
        HttpHandler = Sniffer,
        ServiceProvider = _services,
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromMilliseconds(500),
        ServiceConfig = new ServiceConfig
        {
            LoadBalancingConfigs = { new RoundRobinConfig() },
            MethodConfigs = { new MethodConfig { Names = { MethodName.Default }, RetryPolicy = Retry } },
        },
    };

    private static RetryPolicy Retry => new()
    {
        MaxAttempts = 5,
        InitialBackoff = TimeSpan.FromMilliseconds(20),
        MaxBackoff = TimeSpan.FromMilliseconds(200),
        BackoffMultiplier = 2,
        RetryableStatusCodes = { StatusCode.Unavailable },
    };

    private X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        File.WriteAllBytes(CertificatePath, made.Export(X509ContentType.Pfx));
        return made;
    }
}
