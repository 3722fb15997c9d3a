using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A call with a stream of answers: server streaming or duplex. The first one may be looked at before it is read.</summary>
internal sealed class StreamInnerCall<TResponse>(
    IAsyncStreamReader<TResponse> stream, Func<Task<Metadata>> headers, Func<Status> status, Func<Metadata> trailers, Action dispose) : IInnerCall
{
    private Task<bool>? _peeked;

    public TResponse Current => stream.Current;

    public Task<Metadata> Headers => headers();

    public static StreamInnerCall<TResponse> Of(AsyncServerStreamingCall<TResponse> call) =>
        new(call.ResponseStream, () => call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

    public static StreamInnerCall<TResponse> Of<TRequest>(AsyncDuplexStreamingCall<TRequest, TResponse> call) =>
        new(call.ResponseStream, () => call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

    public Task<bool> PeekAsync() => _peeked = stream.MoveNext(CancellationToken.None);

    public Task<bool> MoveNext(CancellationToken cancellationToken) => Interlocked.Exchange(ref _peeked, null) ?? stream.MoveNext(cancellationToken);

    public void Ignore()
    {
    }

    public Status GetStatus() => status();

    public Metadata GetTrailers() => trailers();

    public void Dispose() => dispose();
}
