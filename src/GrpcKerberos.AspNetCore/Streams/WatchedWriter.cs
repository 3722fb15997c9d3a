using Grpc.Core;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>Writes until the stream is over.</summary>
internal sealed class WatchedWriter<T>(IServerStreamWriter<T> inner, StreamWatch watch, StreamPipes pipes) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken) =>
        watch.IsOver ? Task.FromException(StreamEnd.Exception()) : pipes.Writing = inner.WriteAsync(message, cancellationToken);
}
