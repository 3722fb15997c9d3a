using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrpcKerberos.Client;

internal sealed class ClientStreamingStart<TRequest, TResponse>(
    ClientInterceptorContext<TRequest, TResponse> context, Interceptor.AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) : CallStart(context.Method)
    where TRequest : class
    where TResponse : class
{
    /// <summary>Where the application's requests go; there once the call is started.</summary>
    public IClientStreamWriter<TRequest>? Requests { get; private set; }

    public override IInnerCall Start(AsyncAuthInterceptor prove)
    {
        var call = continuation(new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, With(context.Options, prove)));
        Requests = call.RequestStream;
        return new ClientStreamingInnerCall<TRequest, TResponse>(call);
    }

    public override async Task<IInnerCall> StartEstablishAsync(EstablishMessage message, CallOptions options)
    {
        var request = Placeholder.Of<TRequest>();
        var call = continuation(message.ContextOf(context, options));
        await WriteOnlyAsync(call.RequestStream, request).ConfigureAwait(false);
        return new ClientStreamingInnerCall<TRequest, TResponse>(call);
    }
}
