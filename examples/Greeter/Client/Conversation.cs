using Greeter.V1;
using Grpc.Core;

namespace Greeter.Client;

/// <summary>One call of each shape, each answer printed as <c>message (principal)</c>.</summary>
internal static class Conversation
{
    public static async Task HoldAsync(Greeter.V1.Greeter.GreeterClient greeter, HelloRequest request, TimeSpan limit)
    {
        var options = new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + limit);
        Print("SayHello", await greeter.SayHelloAsync(request, options));

        using var hellos = greeter.SayHellos(request, options);
        await foreach (var reply in hellos.ResponseStream.ReadAllAsync()) Print("SayHellos", reply);

        using var collect = greeter.CollectHellos(options);
        await collect.RequestStream.WriteAsync(request);
        await collect.RequestStream.WriteAsync(new HelloRequest { Name = "everyone" });
        await collect.RequestStream.CompleteAsync();
        Print("CollectHellos", await collect);

        using var chat = greeter.Chat(options);
        await chat.RequestStream.WriteAsync(request);
        await chat.RequestStream.CompleteAsync();
        await foreach (var reply in chat.ResponseStream.ReadAllAsync()) Print("Chat", reply);
    }

    private static void Print(string method, HelloReply reply) => Console.WriteLine($"{method}: {reply.Message} ({reply.Principal})");
}
