using Grpc.Core;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>Reads until the stream is over.</summary>
internal sealed class WatchedReader<T>(IAsyncStreamReader<T> inner, StreamWatch watch) : IAsyncStreamReader<T>
{
    public T Current => inner.Current;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (watch.IsOver) return Task.FromException<bool>(StreamEnd.Exception());
        var reading = inner.MoveNext(cancellationToken);
        return reading.IsCompletedSuccessfully ? reading : WaitAsync(reading);
    }

    private async Task<bool> WaitAsync(Task<bool> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (watch.IsOver)
        {
            throw StreamEnd.Exception(e);
        }
    }
}
