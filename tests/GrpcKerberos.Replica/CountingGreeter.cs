using Greeter.V1;
using Grpc.Core;

namespace GrpcKerberos.Replica;

/// <summary>Says what it was told, in all four shapes, and notes each run.</summary>
internal sealed class CountingGreeter(RunLog log) : Greeter.V1.Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
    {
        log.Note(context, request.Name);
        return Task.FromResult(Reply(request.Name, context));
    }

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        log.Note(context, request.Name);
        for (var i = 0; i < 2; i++) await responseStream.WriteAsync(Reply(request.Name, context));
    }

    public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        log.Note(context, "stream");
        var names = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync()) names.Add(request.Name);
        return Reply(string.Join('+', names), context);
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        log.Note(context, "stream");
        await foreach (var request in requestStream.ReadAllAsync()) await responseStream.WriteAsync(Reply(request.Name, context));
    }

    private static HelloReply Reply(string text, ServerCallContext context) =>
        new() { Message = text, Principal = context.GetHttpContext().User.Identity?.Name ?? "" };
}
