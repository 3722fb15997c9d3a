using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>The call objects of gRPC around a <see cref="ResponseGuard"/>, one method a shape.</summary>
internal static class GuardedCalls
{
    private static readonly Func<object, Task<Metadata>> s_headers = static g => ((ResponseGuard)g).GetHeadersAsync();
    private static readonly Func<object, Status> s_status = static g => ((ResponseGuard)g).GetStatus();
    private static readonly Func<object, Metadata> s_trailers = static g => ((ResponseGuard)g).GetTrailers();
    private static readonly Action<object> s_dispose = static g => ((ResponseGuard)g).Dispose();

    public static AsyncUnaryCall<TResponse> Unary<TRequest, TResponse>(KerberosClient client, UnaryStart<TRequest, TResponse> start)
        where TRequest : class
        where TResponse : class
    {
        var guard = new ResponseGuard(client, start);
        return new AsyncUnaryCall<TResponse>(ResponseOf<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncServerStreamingCall<TResponse> ServerStreaming<TRequest, TResponse>(KerberosClient client, ServerStreamingStart<TRequest, TResponse> start)
        where TRequest : class
        where TResponse : class
    {
        var guard = new ResponseGuard(client, start);
        ResponseGuard.Observed(guard.Opened);
        return new AsyncServerStreamingCall<TResponse>(new GuardedReader<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming<TRequest, TResponse>(KerberosClient client, ClientStreamingStart<TRequest, TResponse> start)
        where TRequest : class
        where TResponse : class
    {
        var guard = new ResponseGuard(client, start);
        var writer = new GuardedWriter<TRequest>(start.Requests!, guard);
        return new AsyncClientStreamingCall<TRequest, TResponse>(writer, ResponseOf<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    public static AsyncDuplexStreamingCall<TRequest, TResponse> Duplex<TRequest, TResponse>(KerberosClient client, DuplexStart<TRequest, TResponse> start)
        where TRequest : class
        where TResponse : class
    {
        var guard = new ResponseGuard(client, start);
        ResponseGuard.Observed(guard.Opened);
        var writer = new GuardedWriter<TRequest>(start.Requests!, guard);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(writer, new GuardedReader<TResponse>(guard), s_headers, s_status, s_trailers, s_dispose, guard);
    }

    private static Task<TResponse> ResponseOf<TResponse>(ResponseGuard guard)
    {
        return ResponseGuard.Observed(ReadAsync());

        async Task<TResponse> ReadAsync()
        {
            var inner = (SingleAnswerCall<TResponse>)await guard.Opened.ConfigureAwait(false);
            try
            {
                return await inner.Response.ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                throw guard.Told(e);
            }
        }
    }
}
