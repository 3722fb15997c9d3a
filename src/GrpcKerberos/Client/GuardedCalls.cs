using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>The call objects of gRPC around a <see cref="ResponseGuard"/>, one method a shape.</summary>
internal static class GuardedCalls
{
    private static readonly Func<object, Task<Metadata>> s_headers = static g => ((ResponseGuard)g).GetHeadersAsync();
    private static readonly Func<object, Status> s_status = static g => ((ResponseGuard)g).GetStatus();
    private static readonly Func<object, Metadata> s_trailers = static g => ((ResponseGuard)g).GetTrailers();
    private static readonly Action<object> s_dispose = static g => ((ResponseGuard)g).Dispose();

    public static AsyncUnaryCall<TResponse> Unary<TResponse>(AttemptCredentials attempts, Func<AsyncUnaryCall<TResponse>> start)
    {
        UnaryInnerCall<TResponse> Start() => UnaryInnerCall<TResponse>.Of(start());
        var guard = new ResponseGuard(attempts, Start(), Start);
        return new AsyncUnaryCall<TResponse>(ResponseOf<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncServerStreamingCall<TResponse> ServerStreaming<TResponse>(AttemptCredentials attempts, Func<AsyncServerStreamingCall<TResponse>> start)
    {
        StreamInnerCall<TResponse> Start() => StreamInnerCall<TResponse>.Of(start());
        var guard = new ResponseGuard(attempts, Start(), Start);
        return new AsyncServerStreamingCall<TResponse>(new GuardedReader<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(
        AttemptCredentials attempts, AsyncClientStreamingCall<TRequest, TResponse> call)
    {
        var guard = new ResponseGuard(attempts, UnaryInnerCall<TResponse>.Of(call), again: null);
        var writer = new GuardedWriter<TRequest>(call.RequestStream, guard);
        return new AsyncClientStreamingCall<TRequest, TResponse>(writer, ResponseOf<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncDuplexStreamingCall<TRequest, TResponse> Duplex<TRequest, TResponse>(
        AttemptCredentials attempts, AsyncDuplexStreamingCall<TRequest, TResponse> call)
    {
        var guard = new ResponseGuard(attempts, StreamInnerCall<TResponse>.Of(call), again: null);
        var writer = new GuardedWriter<TRequest>(call.RequestStream, guard);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(writer, new GuardedReader<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    private static Task<TResponse> ResponseOf<TResponse>(ResponseGuard guard)
    {
        return ResponseGuard.Observed(ReadAsync());

        async Task<TResponse> ReadAsync()
        {
            var inner = (UnaryInnerCall<TResponse>)await guard.Opened.ConfigureAwait(false);
            try
            {
                return await inner.Response.ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                throw OwnMetadata.TakeOut(e);
            }
        }
    }
}
