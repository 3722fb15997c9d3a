using Greeter.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The client's side of one variant: the same channel for all, and what the variant puts in front of it.</summary>
internal sealed class LoadCaller : IDisposable
{
    private readonly LoadSettings _settings;
    private readonly Interceptor? _kerberos;

    public LoadCaller(LoadSettings settings)
    {
        _settings = settings;
        var options = new KerberosClientOptions { Keytab = settings.Keytab, Krb5Config = settings.Krb5Config };
        _kerberos = settings.Variant switch
        {
            LoadVariant.KerberosExchange => new ForgetfulKerberos(options),
            LoadVariant.Kerberos or LoadVariant.KerberosAuthorize => new KerberosClientInterceptor(options),
            _ => null,
        };
    }

    /// <summary>A channel of one connection.</summary>
    public GrpcChannel Connect(HttpMessageHandler? handler = null) => GrpcChannel.ForAddress(_settings.Address, new GrpcChannelOptions
    {
        HttpHandler = handler ?? Handler(),
        DisposeHttpClient = true,
        // Without it gRPC keeps every kind of call credentials off an http:// channel.
        UnsafeUseInsecureChannelCallCredentials = true,
        Credentials = _settings.Variant is LoadVariant.JwtBearer or LoadVariant.OpenDoor ? ChannelCredentials.Create(ChannelCredentials.Insecure, Bearer()) : ChannelCredentials.Insecure,
    });

    public Greeter.V1.Greeter.GreeterClient On(GrpcChannel channel) =>
        _kerberos is null ? new Greeter.V1.Greeter.GreeterClient(channel) : new Greeter.V1.Greeter.GreeterClient(channel.Intercept(_kerberos));

    /// <summary>Makes a few calls and checks that the server knew the caller. True where the last one still carried an AP-REQ.</summary>
    public async Task<bool> ProbeAsync()
    {
        using var watch = new TokenWatch(Handler());
        using var channel = Connect(watch);
        var greeter = On(channel);
        for (var i = 0; i < 5; i++)
        {
            var reply = await greeter.SayHelloAsync(new HelloRequest());
            var expected = _settings.Variant == LoadVariant.None ? "" : "alice@TEST.LOCAL";
            if (reply.Principal != expected) throw new InvalidOperationException($"The server took the caller for \"{reply.Principal}\", not \"{expected}\".");
        }

        return watch.SawToken;
    }

    public void Dispose() => (_kerberos as IDisposable)?.Dispose();

    private static SocketsHttpHandler Handler() => new() { EnableMultipleHttp2Connections = false };

    private CallCredentials Bearer()
    {
        var value = "Bearer " + _settings.BearerToken;
        return CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("authorization", value);
            return Task.CompletedTask;
        });
    }
}
