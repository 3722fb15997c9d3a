using System.Collections.Concurrent;
using System.Threading.Channels;
using Greeter.V1;
using Grpc.Core;

namespace GrpcKerberos.Interop.Tests.Replicas;

/// <summary>Honest callers that make what calls they are given, all at once: unary ones and short streams of all kinds.</summary>
internal sealed class Load(CallInvoker invoker, CancellationToken cancellationToken) : IDisposable
{
    private const int StreamCallers = 8;
    private const int UnaryCallers = 24;

    private readonly Greeter.V1.Greeter.GreeterClient _client = new(invoker);
    private readonly SemaphoreSlim _streamsAllowed = new(StreamCallers);
    private readonly Lock _lock = new();
    private readonly List<(int Target, TaskCompletionSource Reached)> _waiting = [];
    private readonly Channel<int> _unary = Channel.CreateUnbounded<int>();
    private readonly Channel<int> _streaming = Channel.CreateUnbounded<int>();
    private int _given;
    private volatile bool _endless;
    private int _calls;
    private int _streams;
    private int _cut;

    public int Calls => Volatile.Read(ref _calls);

    public int Streams => Volatile.Read(ref _streams);

    /// <summary>Streams that had begun when their replica was killed.</summary>
    public int Cut => Volatile.Read(ref _cut);

    public ConcurrentQueue<string> Failures { get; } = new();

    public ConcurrentBag<string> Requests { get; } = [];

    /// <summary>Completes once all was called and there is no more to come.</summary>
    public Task RunAsync() => Task.WhenAll(
        Enumerable.Repeat(_unary.Reader, UnaryCallers).Select(r => Task.Run(() => CallAsync(r), cancellationToken))
            .Concat(Enumerable.Repeat(_streaming.Reader, StreamCallers).Select(r => Task.Run(() => StreamAsync(r), cancellationToken))));

    /// <summary>So many unary calls to make, and a stream for every eight unless none is wanted.</summary>
    public void Give(int calls, bool streams = true)
    {
        for (var i = 0; i < calls; i++, _given++)
        {
            _unary.Writer.TryWrite(_given);
            if (streams && _given % 8 == 0) _streaming.Writer.TryWrite(_given / 8);
        }
    }

    /// <summary>Unary calls without end, as many at a time as there are callers, until <see cref="End"/>.</summary>
    public void GiveWithoutEnd()
    {
        _endless = true;
        Give(UnaryCallers, streams: false);
    }

    /// <summary>That was all.</summary>
    public void End()
    {
        _endless = false;
        _unary.Writer.TryComplete();
        _streaming.Writer.TryComplete();
    }

    /// <summary>Completes once so many more unary calls were made.</summary>
    public Task AfterAsync(int more)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((_calls + more, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>While no stream is on its way to its server: what forgets in mid-air would meet streams made before its start, as no process can.</summary>
    public async Task BetweenStreamsAsync(Func<Task> action)
    {
        for (var i = 0; i < StreamCallers; i++) await _streamsAllowed.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            _streamsAllowed.Release(StreamCallers);
        }
    }

    public void Dispose() => _streamsAllowed.Dispose();

    private async Task CallAsync(ChannelReader<int> given)
    {
        await foreach (var i in given.ReadAllAsync(cancellationToken))
        {
            var name = $"unary-{i}";
            try
            {
                Assert.Contains(name, (await _client.SayHelloAsync(new HelloRequest { Name = name }, Options())).Message, StringComparison.Ordinal);
                Requests.Add(name);
            }
            catch (RpcException e)
            {
                Failures.Enqueue($"{name}: {e}");
            }

            CountCall();
            if (_endless) _unary.Writer.TryWrite(i);
        }
    }

    private async Task StreamAsync(ChannelReader<int> given)
    {
        await foreach (var i in given.ReadAllAsync(cancellationToken))
        {
            await _streamsAllowed.WaitAsync(cancellationToken);
            var begun = new TaskCompletionSource();
            try
            {
                while (!await TryStreamAsync(i, $"stream-{i}", begun))
                {
                }
            }
            catch (RpcException e)
            {
                if (begun.Task.IsCompleted && e.StatusCode == StatusCode.Unavailable) Interlocked.Increment(ref _cut);
                else Failures.Enqueue($"stream-{i}: {e}");
            }
            finally
            {
                _streamsAllowed.Release();
            }

            Interlocked.Increment(ref _streams);
        }
    }

    /// <summary>
    /// Grpc.Net.Client 2.85 fails a write so that meets the end of an attempt while the next one gets its answer (RetryCallBase.WriteNewMessage).
    /// </summary>
    private async Task<bool> TryStreamAsync(int kind, string name, TaskCompletionSource begun)
    {
        try
        {
            await StreamAsync(kind, name, begun);
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private async Task StreamAsync(int kind, string name, TaskCompletionSource begun)
    {
        var request = new HelloRequest { Name = name };
        switch (kind % 3)
        {
            case 0:
                using (var call = _client.SayHellos(request, Options())) await ReadAsync(call.ResponseStream, begun);
                break;
            case 1:
                using (var call = _client.CollectHellos(Options()))
                {
                    await WriteAsync(call.RequestStream, request);
                    await call;
                }

                break;
            default:
                using (var call = _client.Chat(Options()))
                {
                    await WriteAsync(call.RequestStream, request);
                    await ReadAsync(call.ResponseStream, begun);
                }

                break;
        }
    }

    private static async Task ReadAsync(IAsyncStreamReader<HelloReply> stream, TaskCompletionSource begun)
    {
        while (await stream.MoveNext(CancellationToken.None)) begun.TrySetResult();
    }

    /// <summary>A write may meet a call that has ended; its answer tells how.</summary>
    private static async Task WriteAsync(IClientStreamWriter<HelloRequest> stream, HelloRequest request)
    {
        try
        {
            for (var i = 0; i < 2; i++) await stream.WriteAsync(request);
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException or OperationCanceledException)
        {
        }
    }

    private static CallOptions Options() => new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(120));

    private void CountCall()
    {
        var calls = Interlocked.Increment(ref _calls);
        lock (_lock)
        {
            foreach (var (target, reached) in _waiting)
            {
                if (calls >= target) reached.TrySetResult();
            }
        }
    }
}
