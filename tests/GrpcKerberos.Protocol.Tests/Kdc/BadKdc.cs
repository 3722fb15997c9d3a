using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>What answers at a KDC's address and is no KDC, by TCP; its UDP port is closed.</summary>
internal sealed class BadKdc : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    /// <param name="answer">The octets it sends once it has a request, and then hangs up; null: it says nothing and stays.</param>
    public BadKdc(byte[]? answer)
    {
        _listener.Start();
        _serving = Task.Run(() => ServeAsync(answer));
    }

    public KdcAddress Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Completes with its first request.</summary>
    public Task Asked => _asked.Task;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _serving.WaitAsync(TimeSpan.FromSeconds(30));
        _stopping.Dispose();
    }

    private async Task ServeAsync(byte[]? answer)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[64], 1, cancellationToken: _stopping.Token);
                _asked.TrySetResult();
                if (answer is null) await Task.Delay(Timeout.Infinite, _stopping.Token);
                else await stream.WriteAsync(answer, _stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException or IOException)
        {
            // The test is over.
        }
    }
}
