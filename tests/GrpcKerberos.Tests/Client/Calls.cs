using Greeter.V1;
using Grpc.Core;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>One call of each shape: two words to the server, two words back.</summary>
internal static class Calls
{
    public const string Words = "good morning";

    /// <param name="invoker">Of the client.</param>
    /// <param name="shape">Which method.</param>
    /// <param name="options">The call's.</param>
    /// <param name="written">Completes once nothing is left for the application to write.</param>
    public static async Task<string> MakeAsync(CallInvoker invoker, Shape shape, CallOptions options = default, TaskCompletionSource? written = null)
    {
        if (shape is not (Shape.ClientStreaming or Shape.Duplex)) written?.TrySetResult();
        var client = new Greeter.V1.Greeter.GreeterClient(invoker);
        var request = new HelloRequest { Name = Words };
        switch (shape)
        {
            case Shape.Blocking:
                return await Task.Run(() => client.SayHello(request, options).Message);
            case Shape.Unary:
                return (await client.SayHelloAsync(request, options)).Message;
            case Shape.ServerStreaming:
                using (var call = client.SayHellos(request, options)) return await ReadAsync(call.ResponseStream);
            case Shape.ClientStreaming:
                using (var call = client.CollectHellos(options))
                {
                    await WriteAsync(call.RequestStream);
                    written?.TrySetResult();
                    return (await call).Message;
                }

            default:
                using (var call = client.Chat(options))
                {
                    await WriteAsync(call.RequestStream);
                    written?.TrySetResult();
                    return await ReadAsync(call.ResponseStream);
                }
        }
    }

    public static async Task<RpcException> FailAsync(CallInvoker invoker, Shape shape, CallOptions options = default) =>
        await Assert.ThrowsAsync<RpcException>(() => MakeAsync(invoker, shape, options));

    private static async Task<string> ReadAsync(IAsyncStreamReader<HelloReply> stream)
    {
        var words = new List<string>();
        while (await stream.MoveNext(CancellationToken.None)) words.Add(stream.Current.Message);
        return string.Join(' ', words);
    }

    /// <summary>A write may meet a call that was refused already; what the call came to is told by its answer.</summary>
    private static async Task WriteAsync(IClientStreamWriter<HelloRequest> stream)
    {
        try
        {
            foreach (var word in Words.Split(' ')) await stream.WriteAsync(new HelloRequest { Name = word });
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException or OperationCanceledException)
        {
        }
    }
}
