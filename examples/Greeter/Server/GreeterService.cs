using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;

namespace Greeter.Server;

/// <summary>Greets whoever calls by the name in its ticket. No [Authorize] is needed: a call without a proof never gets here.</summary>
internal sealed class GreeterService : V1.Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(Reply($"Hello {request.Name}", context));

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        for (var i = 1; i <= 3; i++) await responseStream.WriteAsync(Reply($"Hello {request.Name}, {i} of 3", context), context.CancellationToken);
    }

    public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        var names = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken)) names.Add(request.Name);
        return Reply($"Hello {string.Join(" and ", names)}", context);
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(Reply($"Hello {request.Name}", context), context.CancellationToken);
    }

    private static HelloReply Reply(string message, ServerCallContext context) =>
        new() { Message = message, Principal = context.GetRequiredKerberosCaller().Principal.ToString() };
}
