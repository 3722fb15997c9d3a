using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GrpcKerberos.Protocol.Tests.Kdc.Srv;

/// <summary>A name server on loopback, UDP and TCP on one port, that answers by a script; null: not at all.</summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<byte[], bool, byte[]?> _script;
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly Task[] _loops;
    private readonly List<string> _asked = [];
    private (int Count, TaskCompletionSource Reached) _waiter = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <param name="script">Query and whether it came by TCP, to the answer.</param>
    public FakeNameServer(Func<byte[], bool, byte[]?> script)
    {
        _script = script;
        (_udp, _tcp) = Bind();
        Address = (IPEndPoint)_udp.Client.LocalEndPoint!;
        _loops = [Task.Run(ServeUdpAsync), Task.Run(ServeTcpAsync)];
    }

    public IPEndPoint Address { get; }

    /// <summary>The names asked for, in order, those by TCP with "tcp " before.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    /// <summary>Completes as soon as so many questions are here.</summary>
    public Task WaitForQueriesAsync(int count)
    {
        lock (_asked)
        {
            _waiter = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _asked.Count >= count ? Task.CompletedTask : _waiter.Reached.Task;
        }
    }

    public static string NameOf(byte[] query)
    {
        var name = new StringBuilder();
        for (var at = 12; query[at] != 0; at += 1 + query[at]) name.Append(Encoding.ASCII.GetString(query, at + 1, query[at])).Append('.');
        return name.ToString().TrimEnd('.');
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await Task.WhenAll(_loops).WaitAsync(TimeSpan.FromSeconds(30));
        _stopping.Dispose();
    }

    private static (UdpClient, TcpListener) Bind()
    {
        for (var attempt = 0; ; attempt++)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 10)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private byte[]? Answer(byte[] query, bool byTcp)
    {
        lock (_asked)
        {
            _asked.Add((byTcp ? "tcp " : "") + NameOf(query));
            if (_asked.Count == _waiter.Count) _waiter.Reached.TrySetResult();
        }

        return _script(query, byTcp);
    }

    private async Task ServeUdpAsync()
    {
        while (await UntilStoppedAsync(async () =>
        {
            var received = await _udp.ReceiveAsync(_stopping.Token);
            if (Answer(received.Buffer, false) is { } answer) await _udp.SendAsync(answer, received.RemoteEndPoint, _stopping.Token);
        }))
        {
        }
    }

    private async Task ServeTcpAsync()
    {
        while (await UntilStoppedAsync(async () =>
        {
            using var client = await _tcp.AcceptTcpClientAsync(_stopping.Token);
            var stream = client.GetStream();
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, _stopping.Token);
            var query = new byte[(length[0] << 8) | length[1]];
            await stream.ReadExactlyAsync(query, _stopping.Token);
            if (Answer(query, true) is { } answer) await stream.WriteAsync(answer, _stopping.Token);
        }))
        {
        }
    }

    private async Task<bool> UntilStoppedAsync(Func<Task> serve)
    {
        try
        {
            await serve();
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException && !_stopping.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException or IOException)
        {
            return false;
        }
    }
}
