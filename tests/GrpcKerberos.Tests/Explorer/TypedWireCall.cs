using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>An inner call of some message types, in the shapes of gRPC.</summary>
internal sealed class WireCall<TRequest, TResponse> : WireCall, IAsyncStreamReader<TResponse>, IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly Method<TRequest, TResponse> _method;
    private readonly TaskCompletionSource<TResponse> _message = new();
    private TResponse? _current;
    private bool _isRead;

    public WireCall(World world, AppCall? app, Link link, Method<TRequest, TResponse> method, CallOptions options)
        : base(world, app, link, method, options)
    {
        _method = method;
        // Nobody may wait for it.
        _ = _message.Task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = Headers.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public TResponse Current => _current!;

    public WriteOptions? WriteOptions { get; set; }

    public AsyncUnaryCall<TResponse> Unary(TRequest request)
    {
        Start(request);
        return new AsyncUnaryCall<TResponse>(_message.Task, Headers, () => Status, () => Trailers, Dispose);
    }

    public AsyncServerStreamingCall<TResponse> ServerStreaming(TRequest request)
    {
        Start(request);
        return new AsyncServerStreamingCall<TResponse>(this, Headers, () => Status, () => Trailers, Dispose);
    }

    public AsyncClientStreamingCall<TRequest, TResponse> ClientStreaming()
    {
        Begin();
        return new AsyncClientStreamingCall<TRequest, TResponse>(this, _message.Task, Headers, () => Status, () => Trailers, Dispose);
    }

    public AsyncDuplexStreamingCall<TRequest, TResponse> Duplex()
    {
        Begin();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(this, this, Headers, () => Status, () => Trailers, Dispose);
    }

    public Task WriteAsync(TRequest message)
    {
        Write(PayloadWriter.Write(_method.RequestMarshaller, message));
        return Task.CompletedTask;
    }

    public Task CompleteAsync() => Task.CompletedTask;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (_isRead) return false;
        _isRead = true;
        _current = await _message.Task.ConfigureAwait(false);
        return true;
    }

    protected override void Finish(Reply reply)
    {
        if (reply.Error is { } error) _message.SetException(error);
        else _message.SetResult(_method.ResponseMarshaller.ContextualDeserializer(new Payload(reply.Message!)));
    }

    private void Start(TRequest request)
    {
        Begin();
        Write(PayloadWriter.Write(_method.RequestMarshaller, request));
    }
}
