using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos;

/// <summary>Proves the caller to the server with each attempt of a call, and lets no answer through that does not prove the server.</summary>
/// <remarks>One for each identity, shared by its channels: it holds the tickets. Blocking calls need <see cref="KerberosChannelExtensions"/>.</remarks>
public sealed class KerberosClientInterceptor : Interceptor, IDisposable
{
    private readonly KerberosClient _client;

    /// <summary>Reads the options once.</summary>
    /// <param name="options">The options.</param>
    /// <param name="loggerFactory">Who writes the log; null: nobody.</param>
    /// <param name="meterFactory">Whose the meter <c>GrpcKerberos</c> is; null: the interceptor's own, until it is disposed.</param>
    /// <exception cref="KerberosException">An option is not as it must be (<see cref="KerberosError.ConfigurationInvalid"/>).</exception>
    public KerberosClientInterceptor(KerberosClientOptions options, ILoggerFactory? loggerFactory = null, IMeterFactory? meterFactory = null)
        : this(KerberosClient.Create(options, loggerFactory, meterFactory))
    {
    }

    internal KerberosClientInterceptor(KerberosClient client) => _client = client;

    /// <summary>The ticket for a service, fetched where none is at hand: to see whether calls will work, before the first one.</summary>
    /// <param name="servicePrincipal"><c>HTTP/orders.corp.example</c>, with or without its realm.</param>
    /// <param name="cancellationToken">Ends the wait; others who wait for the same ticket go on.</param>
    /// <exception cref="KerberosException">There is no ticket to be had.</exception>
    public Task<KerberosTicketInfo> GetTicketAsync(string servicePrincipal, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(servicePrincipal);
        return _client.GetTicketAsync(servicePrincipal, cancellationToken);
    }

    internal KdcStanding KdcOf(KerberosPrincipal client) => _client.Tickets.KdcOf(client);

    /// <summary>Ends renewal and forgets the tickets.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Fails: the response headers of a blocking call do not reach an interceptor.</summary>
    /// <exception cref="InvalidOperationException">Always. Nothing was sent.</exception>
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
        throw new InvalidOperationException(ClientMessages.BlockingCall(context.Method.Name));

    /// <inheritdoc/>
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        GuardedCalls.Unary(_client, new UnaryStart<TRequest, TResponse>(request, context, continuation));

    /// <inheritdoc/>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
        GuardedCalls.ServerStreaming(_client, new ServerStreamingStart<TRequest, TResponse>(request, context, continuation));

    /// <inheritdoc/>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) =>
        GuardedCalls.ClientStreaming(_client, new ClientStreamingStart<TRequest, TResponse>(context, continuation));

    /// <inheritdoc/>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
        GuardedCalls.Duplex(_client, new DuplexStart<TRequest, TResponse>(context, continuation));
}
