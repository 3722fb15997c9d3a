using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Greets the caller in all four shapes, and does what a test tells it to before it answers.</summary>
internal sealed class EchoService(EchoService.Behaviour behaviour) : Greeter.V1.Greeter.GreeterBase
{
    public override async Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) => await AnswerAsync(request.Name, context);

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        var reply = await AnswerAsync(request.Name, context);
        await responseStream.WriteAsync(reply);
        await responseStream.WriteAsync(reply);
    }

    public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        var names = new List<string>();
        await foreach (var request in requestStream.ReadAllAsync()) names.Add(request.Name);
        return await AnswerAsync(string.Join('+', names), context);
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync()) await responseStream.WriteAsync(await AnswerAsync(request.Name, context));
    }

    private async Task<HelloReply> AnswerAsync(string name, ServerCallContext context)
    {
        behaviour.Count();
        if (behaviour.Before is { } before) await before(context);
        return new HelloReply
        {
            Message = $"Hello {name}",
            Principal = context.GetHttpContext().User.Identity?.Name ?? context.GetKerberosCaller()?.ToString() ?? "",
        };
    }

    internal sealed class Behaviour
    {
        private readonly TaskCompletionSource _firstRun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _runs;

        /// <summary>How often a handler ran.</summary>
        public int Runs => Volatile.Read(ref _runs);

        public Func<ServerCallContext, Task>? Before { get; set; }

        /// <summary>Completes once a handler runs.</summary>
        public Task FirstRun => _firstRun.Task;

        public void Count()
        {
            Interlocked.Increment(ref _runs);
            _firstRun.TrySetResult();
        }
    }
}
