using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A call as the application made it: what it takes to start it, once more where its request can be sent again.</summary>
internal abstract class CallStart(IMethod method)
{
    /// <summary><c>package.Service</c>.</summary>
    public string Service => method.ServiceName;

    /// <summary><c>/package.Service/Method</c>.</summary>
    public string Method => method.FullName;

    /// <summary>A stream of requests is gone once it was sent.</summary>
    public bool CanRepeat => method.Type is MethodType.Unary or MethodType.ServerStreaming;

    /// <summary>Starts it with our credentials beside its own.</summary>
    /// <exception cref="InvalidOperationException">Another interceptor of ours proves it already.</exception>
    public abstract IInnerCall Start(AsyncAuthInterceptor prove);

    /// <summary>Starts Establish in its place, over the same channel and through the same interceptors.</summary>
    /// <exception cref="NotSupportedException">There is no instance of a message type to hand through them.</exception>
    public abstract Task<IInnerCall> StartEstablishAsync(EstablishMessage message, CallOptions options);

    protected static CallOptions With(CallOptions options, AsyncAuthInterceptor prove) => options.Credentials is ProofCredentials
        ? throw new InvalidOperationException(ClientMessages.InterceptedTwice)
        : options.WithCredentials(new ProofCredentials(options.Credentials, prove));

    /// <summary>A write may meet a call that has ended; what it ended with is told by its answer.</summary>
    protected static async Task WriteOnlyAsync<TRequest>(IClientStreamWriter<TRequest> requests, TRequest message)
        where TRequest : class
    {
        try
        {
            await requests.WriteAsync(message).ConfigureAwait(false);
            await requests.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
        {
        }
    }
}
