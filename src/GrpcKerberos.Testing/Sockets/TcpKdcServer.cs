using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Kdc;

namespace GrpcKerberos.Testing.Sockets;

/// <summary>Requests and answers with four octets of length before each, any number on a connection (RFC 4120 section 7.2.2).</summary>
internal sealed class TcpKdcServer(KdcListener listener, Socket socket, CancellationToken end) : IDisposable
{
    private const int Backlog = 128;
    private const int LengthOctets = 4;

    /// <summary>No string inside can then be longer than a KRB-ERROR may echo.</summary>
    private const int MaxRequest = 65535;

    private readonly ConcurrentDictionary<Task, bool> _connections = new();

    /// <summary>Serves until the end, and is over once nothing of it runs any more. On return it listens.</summary>
    public Task RunAsync()
    {
        socket.Listen(Backlog);
        return AcceptAsync();
    }

    public void Dispose() => socket.Dispose();

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                Remember(ServeAsync(await socket.AcceptAsync(end).ConfigureAwait(false)));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either it ends, or a client went away before it was accepted.
            }
        }

        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);    }

    private void Remember(Task connection)
    {
        _connections[connection] = true;
        _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket connection)
    {
        using var _ = connection;
        try
        {
            while (await ReadRequestAsync(connection).ConfigureAwait(false) is { } request)
                await WriteAnswerAsync(connection, listener.Answer(request)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the server ends.
        }
    }

    /// <summary>Null where the client is done, or announced what is not taken.</summary>
    private async Task<byte[]?> ReadRequestAsync(Socket connection)
    {
        var header = new byte[LengthOctets];
        if (!await FillAsync(connection, header).ConfigureAwait(false)) return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length > MaxRequest)
        {
            var refusal = listener.Refuse(new KdcRefusedException(KerberosErrorCode.KRB_ERR_FIELD_TOOLONG, $"a request has at most {MaxRequest} octets"));
            await WriteAnswerAsync(connection, refusal).ConfigureAwait(false);
            return null;
        }

        var request = new byte[length];
        return length > 0 && await FillAsync(connection, request).ConfigureAwait(false) ? request : null;
    }

    private async Task<bool> FillAsync(Socket connection, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = await connection.ReceiveAsync(buffer, SocketFlags.None, end).ConfigureAwait(false);
            if (count == 0) return false;
            buffer = buffer[count..];
        }

        return true;
    }

    private async Task WriteAnswerAsync(Socket connection, byte[] answer)
    {
        if (answer.Length == 0) return;
        var message = new byte[LengthOctets + answer.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, answer.Length);
        answer.CopyTo(message, LengthOctets);
        for (ReadOnlyMemory<byte> rest = message; !rest.IsEmpty;)
            rest = rest[await connection.SendAsync(rest, SocketFlags.None, end).ConfigureAwait(false)..];
    }
}
