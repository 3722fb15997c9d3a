using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrpcKerberos.Client;

internal sealed class ServerStreamingStart<TRequest, TResponse>(
    TRequest request, ClientInterceptorContext<TRequest, TResponse> context, Interceptor.AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) : CallStart(context.Method)
    where TRequest : class
    where TResponse : class
{
    public override IInnerCall Start(AsyncAuthInterceptor prove) =>
        StreamInnerCall<TResponse>.Of(continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, With(context.Options, prove))));

    public override Task<IInnerCall> StartEstablishAsync(EstablishMessage message, CallOptions options) =>
        Task.FromResult<IInnerCall>(StreamInnerCall<TResponse>.Of(continuation(request, message.ContextOf(context, options))));
}
