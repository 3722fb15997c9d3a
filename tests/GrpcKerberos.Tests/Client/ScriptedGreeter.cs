using Greeter.V1;
using Grpc.Core;

namespace GrpcKerberos.Tests.Client;

/// <summary>One method of each shape, all of them saying what they were told; a hook may fail or hold them.</summary>
internal sealed class ScriptedGreeter : Greeter.V1.Greeter.GreeterBase
{
    private int _runs;

    /// <summary>Runs first in each call.</summary>
    public Func<ServerCallContext, Task> Hook { get; set; } = static _ => Task.CompletedTask;

    public int Runs => Volatile.Read(ref _runs);

    public override async Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context)
    {
        await EnterAsync(context);
        return Reply(request.Name);
    }

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        await EnterAsync(context);
        foreach (var part in request.Name.Split(' ')) await responseStream.WriteAsync(Reply(part));
    }

    public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        await EnterAsync(context);
        var parts = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync()) parts.Add(request.Name);
        return Reply(string.Join(' ', parts));
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        await EnterAsync(context);
        await foreach (var request in requestStream.ReadAllAsync()) await responseStream.WriteAsync(Reply(request.Name));
    }

    private static HelloReply Reply(string text) => new() { Message = text };

    private Task EnterAsync(ServerCallContext context)
    {
        Interlocked.Increment(ref _runs);
        context.ResponseTrailers.Add("x-after", "trailer");
        return Hook(context);
    }
}
