using Grpc.Net.Client;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>The client as it is shipped, with a ticket of the fleet's in place of a KDC.</summary>
internal sealed class OurClient : IDisposable
{
    private readonly KerberosClientInterceptor _interceptor;
    private readonly GrpcChannel _channel;

    public OurClient(TestServerApp app, Func<HttpRequestMessage, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>>? onPath = null, string? principal = null)
    {
        var ticket = app.Tickets.IssueTicket(principal ?? TestServerApp.Alice, TestServerApp.Service);
        var settings = new ClientSettings { TimeProvider = app.Time, ServicePrincipal = "HTTP/orders.test" };
        _interceptor = new KerberosClientInterceptor(new KerberosClient(settings, new OneTicket(ticket), new ClientLog(NullLogger.Instance)));
        var options = new GrpcChannelOptions { UnsafeUseInsecureChannelCallCredentials = app.Tls == false };
        if (onPath is not null) options.HttpHandler = new OnPath(app.Handler(), onPath);
        _channel = app.Channel(options);
        Invoker = _channel.WithKerberos(_interceptor);
    }

    public Grpc.Core.CallInvoker Invoker { get; }

    public void Dispose()
    {
        _channel.Dispose();
        _interceptor.Dispose();
    }

    private sealed class OneTicket(ServiceTicket ticket) : ITickets
    {
        public string? RealmOf(string host) => "TEST.LOCAL";

        public ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken) => ValueTask.FromResult(ticket);

        public void ForgetLogin(ServiceTicket ticket) => Forget(ticket);

        public void Forget(ServiceTicket ticket)
        {
        }

        public void Dispose()
        {
        }
    }
}
