using System.Net;
using System.Net.Sockets;
using GrpcKerberos.Testing.Kdc;

namespace GrpcKerberos.Testing.Sockets;

/// <summary>One port of 127.0.0.1, TCP and UDP, that may be closed and opened again without being lost to somebody else.</summary>
internal sealed class KdcListener : IAsyncDisposable
{
    private const int Attempts = 64;

    private readonly Lock _gate = new();
    private readonly KdcService _service;
    private readonly IPEndPoint _endPoint;
    private readonly List<IDisposable> _servers = [];
    private readonly List<Task> _running = [];
    private CancellationTokenSource _end = new();
    private PortHold _hold;
    private int _requests;
    private bool _disposed;

    private KdcListener(KdcService service, PortHold hold)
    {
        _service = service;
        _hold = hold;
        _endPoint = hold.EndPoint;
    }

    public IPEndPoint EndPoint => _endPoint;

    /// <summary>Whole requests that came in, answered or not.</summary>
    public int RequestCount => Volatile.Read(ref _requests);

    /// <exception cref="SocketException">No port is free for both protocols.</exception>
    public static KdcListener Start(KdcService service)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var listener = new KdcListener(service, PortHold.Take(new IPEndPoint(IPAddress.Loopback, 0)));
                listener.Open();
                return listener;
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // The port that TCP was given is somebody's for UDP: another one, then.
            }
        }
    }

    public KdcFault Fault
    {
        get => _service.Fault;
        set
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                _service.Fault = value;
                if (value == KdcFault.Unreachable) Close();
                else if (_servers.Count == 0) Open();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_gate)
        {
            if (!_disposed && _servers.Count > 0) EndServers();
            _disposed = true;
            _hold.Dispose();
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <summary>Answers one request; nothing where it gets none.</summary>
    internal byte[] Answer(ReadOnlyMemory<byte> request)
    {
        Interlocked.Increment(ref _requests);
        if (_service.Fault is KdcFault.Silent or KdcFault.Unreachable) return [];
        return _service.Answer(request);
    }

    internal byte[] Refuse(KdcRefusedException refusal) => _service.Refuse(refusal);

    private void Open()
    {
        var (tcp, udp) = _hold.Lend();
        var tcpServer = new TcpKdcServer(this, tcp, _end.Token);
        var udpServer = new UdpKdcServer(this, udp, _end.Token);
        _servers.AddRange([tcpServer, udpServer]);
        _running.RemoveAll(static task => task.IsCompleted);
        _running.AddRange([tcpServer.RunAsync(), udpServer.RunAsync()]);
    }

    private void Close()
    {
        if (_servers.Count == 0) return;
        EndServers();
        _hold = _hold.Reclaim();
    }

    private void EndServers()
    {
        _end.Cancel();
        foreach (var server in _servers) server.Dispose();
        _servers.Clear();
        _end = new CancellationTokenSource();
    }
}
