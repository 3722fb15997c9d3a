using Greeter.V1;
using Grpc.Core;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The least a service does: it looks who calls, and answers.</summary>
internal sealed class LoadGreeter : Greeter.V1.Greeter.GreeterBase
{
    public override Task<HelloReply> SayHello(HelloRequest request, ServerCallContext context) =>
        Task.FromResult(new HelloReply { Message = "Hello", Principal = context.GetHttpContext().User.Identity?.Name ?? "" });
}
