using System.Net;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A body that is sent a few octets at a time, and, where told so, never comes to its end.</summary>
internal sealed class PiecemealContent(byte[] octets, int piece, TaskCompletionSource? sent = null) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var i = 0; i < octets.Length; i += piece)
        {
            await stream.WriteAsync(octets.AsMemory(i, Math.Min(piece, octets.Length - i)), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }

        if (sent is null) return;
        sent.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
