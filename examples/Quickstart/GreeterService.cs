using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.AspNetCore;

namespace Quickstart;

/// <summary>An ordinary service: who calls stands in the call's context.</summary>
internal sealed class GreeterService : Greeter.V1.Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) => Task.FromResult(Greet(context));

    public override async Task SayHellos(HelloRequest request, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < 3; i++) await responseStream.WriteAsync(Greet(context));
    }

    public override async Task<HelloReply> CollectHellos(IAsyncStreamReader<HelloRequest> requestStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext())
        {
        }

        return Greet(context);
    }

    public override async Task Chat(IAsyncStreamReader<HelloRequest> requestStream, IServerStreamWriter<HelloReply> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext()) await responseStream.WriteAsync(Greet(context));
    }

    private static HelloReply Greet(ServerCallContext context)
    {
        var principal = context.GetRequiredKerberosCaller().Principal.ToString();
        return new HelloReply { Message = $"Hello {principal}", Principal = principal };
    }
}
