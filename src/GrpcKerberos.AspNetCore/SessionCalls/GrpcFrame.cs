using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.Core;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>The one message of a unary call: a flag, its length in 4 octets, big-endian, and the message (gRPC over HTTP/2, Length-Prefixed-Message).</summary>
internal static class GrpcFrame
{
    public const int MaxMessageLength = 96 * 1024;

    private const int HeaderLength = 5;

    /// <summary>Reads it to the end of the request. No memory is set aside for what was announced and has not come.</summary>
    /// <returns>The message, or why there is none: with the statuses and, where it is not protobuf, as grpc-dotnet has them.</returns>
    public static async ValueTask<(TMessage? Message, CallRefusal? Refusal)> ReadAsync<TMessage>(HttpContext context, MessageParser<TMessage> parser)
        where TMessage : class, IMessage<TMessage>
    {
        try
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
                if (Problem(read) is { } problem) return (null, problem);
                if (read.IsCompleted) return (parser.ParseFrom(read.Buffer.Slice(HeaderLength)), null);
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (InvalidProtocolBufferException)
        {
            return (null, Broken("the message is not protobuf", StatusCode.Unknown));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The request was aborted, or came too slowly or too long for the host's own limits. Mostly nobody hears this any more.
            return (null, Broken("the request was aborted before its message was whole"));
        }
    }

    public static ValueTask<FlushResult> WriteAsync(PipeWriter writer, IMessage message, CancellationToken cancellationToken)
    {
        var length = message.CalculateSize();
        var target = writer.GetSpan(HeaderLength + length)[..(HeaderLength + length)];
        target[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], length);
        message.WriteTo(target[HeaderLength..]);
        writer.Advance(target.Length);
        return writer.FlushAsync(cancellationToken);
    }

    private static CallRefusal? Problem(in ReadResult read)
    {
        if (read.IsCanceled) return Broken("the reading was cancelled");
        var came = read.Buffer.Length;
        if (came < HeaderLength) return read.IsCompleted ? Broken("the message is incomplete") : null;
        Span<byte> header = stackalloc byte[HeaderLength];
        read.Buffer.Slice(0, HeaderLength).CopyTo(header);
        if (header[0] == 1) return Broken("the message is compressed", StatusCode.Unimplemented);
        if (header[0] != 0) return Broken("the message's flag is neither 0 nor 1");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > MaxMessageLength)
            return CallRefusal.Of(KerberosError.TokenTooLarge, "Message", $"the message has {length} octets (limit {MaxMessageLength})");
        if (came > HeaderLength + length) return Broken("more than one message came");
        return read.IsCompleted && came < HeaderLength + length ? Broken("the message is incomplete") : null;
    }

    private static CallRefusal Broken(string problem, StatusCode status = StatusCode.Internal) => new()
    {
        Error = KerberosError.TokenMalformed,
        Status = status,
        Text = $"SessionService takes one uncompressed message a call: {problem}.",
        Step = "Message",
        Detail = problem,
    };
}
