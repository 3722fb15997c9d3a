using Grpc.Net.Client;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>What is asked about a client: its options, and the service it is to call.</summary>
internal sealed class ClientCase : IDisposable
{
    private readonly string? _servicePrincipal;
    private GrpcChannel? _channel;
    private ServicePeer? _peer;

    /// <param name="host">The process.</param>
    /// <param name="options">As an application has them.</param>
    /// <param name="target">The channel's address; null: no call is made.</param>
    /// <param name="servicePrincipal">The service, where the target does not say it.</param>
    /// <param name="trust">What the server's certificate is judged by.</param>
    /// <exception cref="KerberosException">An option is not as it must be.</exception>
    public ClientCase(ToolHost host, KerberosClientOptions options, Uri? target, string? servicePrincipal, CertificateTrust trust)
    {
        _servicePrincipal = servicePrincipal;
        Host = host;
        Target = target;
        Trust = trust;
        var settings = ClientSettings.Read(options);
        var log = new ClientLog(NullLogger.Instance);
        Identity = new ClientIdentity(settings, host.Environment, log, ClientMetrics.None);
        Client = new KerberosClient(settings, Identity, log);
    }

    public ToolHost Host { get; }

    public Uri? Target { get; }

    public CertificateTrust Trust { get; }

    public ClientIdentity Identity { get; }

    public KerberosClient Client { get; }

    /// <summary>The realm of the client.</summary>
    /// <exception cref="KerberosException">Nothing says it.</exception>
    public string Realm => Identity.Realm ?? throw new KerberosException(KerberosError.ConfigurationInvalid, ClientMessages.NoRealm("the client"));

    /// <summary>The service, as the client's own rules name it.</summary>
    /// <exception cref="KerberosException">No name can be made.</exception>
    public ServicePeer Peer => _peer ??= Client.Resolve($"{Target?.GetLeftPart(UriPartial.Authority)}/{EstablishMessage.Service}", EstablishMessage.Service);

    /// <summary>Whether anything says which service is to be called.</summary>
    public bool NamesService => _servicePrincipal is not null || Target is not null;

    /// <summary>The service's name with its realm, where no target is to be called as well.</summary>
    /// <exception cref="KerberosException">No name can be made.</exception>
    public string ServiceName => Target is null ? _servicePrincipal! : Peer.Service.ToString();

    public GrpcChannel Channel => _channel ??= GrpcChannel.ForAddress(Target!, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { SslOptions = Trust.Options(null), UseProxy = false },
        DisposeHttpClient = true,
        UnsafeUseInsecureChannelCallCredentials = true,
    });

    public void Dispose()
    {
        _channel?.Dispose();
        Client.Dispose();
    }
}
