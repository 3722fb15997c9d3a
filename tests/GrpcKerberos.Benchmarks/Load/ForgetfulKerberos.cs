using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>A client that keeps its ticket and nothing else: each call is its first one, with a subkey and an AP-REQ of its own.</summary>
internal sealed class ForgetfulKerberos : Interceptor, IDisposable
{
    private readonly ClientSettings _settings;
    private readonly ClientLog _log = new(NullLogger.Instance);
    private readonly ClientIdentity _tickets;

    public ForgetfulKerberos(KerberosClientOptions options)
    {
        _settings = ClientSettings.Read(options);
        _tickets = new ClientIdentity(_settings, Environment.GetEnvironmentVariable, _log, ClientMetrics.None);
    }

    // The tickets outlive the client of one call, so that one is not disposed.
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
        new KerberosClientInterceptor(new KerberosClient(_settings, _tickets, _log)).AsyncUnaryCall(request, context, continuation);

    public void Dispose() => _tickets.Dispose();
}
