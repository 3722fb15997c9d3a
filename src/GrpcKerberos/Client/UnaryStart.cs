using Grpc.Core;
using Grpc.Core.Interceptors;

namespace GrpcKerberos.Client;

internal sealed class UnaryStart<TRequest, TResponse>(
    TRequest request, ClientInterceptorContext<TRequest, TResponse> context, Interceptor.AsyncUnaryCallContinuation<TRequest, TResponse> continuation) : CallStart(context.Method)
    where TRequest : class
    where TResponse : class
{
    public override IInnerCall Start(AsyncAuthInterceptor prove) =>
        new UnaryInnerCall<TResponse>(continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, With(context.Options, prove))));

    public override Task<IInnerCall> StartEstablishAsync(EstablishMessage message, CallOptions options) =>
        Task.FromResult<IInnerCall>(new UnaryInnerCall<TResponse>(continuation(request, message.ContextOf(context, options))));
}
