using Grpc.Core;
using GrpcKerberos.AspNetCore;

namespace Consumer;

public sealed class GreeterService : Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(new HelloReply { Message = $"Hello {context.GetRequiredKerberosCaller().Principal}" });
}
