using System.Globalization;
using System.IO.Pipelines;
using GrpcKerberos.AspNetCore.Calls;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>The request's and the answer's octets, as far as the end of a stream has to do with them.</summary>
internal sealed class StreamPipes(HttpContext http)
{
    private readonly PipeReader _reader = http.Request.BodyReader;
    private readonly PipeWriter _writer = http.Response.BodyWriter;
    private bool _isCompleted;

    /// <summary>The handler's last write.</summary>
    public Task Writing { get; set; } = Task.CompletedTask;

    /// <summary>Wakes a read or write that waits for the peer. A cancellation token would do so too, but grpc-dotnet resets the stream for it, and the status would be lost.</summary>
    public void Release()
    {
        _reader.CancelPendingRead();
        _writer.CancelPendingFlush();
    }

    /// <summary>Answers while the handler still runs, as grpc-dotnet does where a deadline passes.</summary>
    public async Task CompleteAsync(CallRefusal refusal)
    {
        try
        {
            await Writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var response = http.Response;
            _isCompleted = true;
            if (response.HasStarted)
            {
                response.AppendTrailer("grpc-status", ((int)refusal.Status).ToString(CultureInfo.InvariantCulture));
                response.AppendTrailer("grpc-message", RefusedResponse.PercentEncode(refusal.Text));
            }
            else
            {
                RefusedResponse.Write(response, refusal);
            }

            await response.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            // The answer has been completed or aborted meanwhile.
        }
    }

    /// <summary>The handler has come to its end: what grpc-dotnet would write to a completed answer goes nowhere.</summary>
    public void Finish()
    {
        if (_isCompleted) http.Features.Set<IHttpResponseTrailersFeature>(new Discarded());
    }

    private sealed class Discarded : IHttpResponseTrailersFeature
    {
        public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();
    }
}
