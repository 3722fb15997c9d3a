using Grpc.Core;

namespace GrpcKerberos.Client;

internal sealed class UnaryInnerCall<TResponse>(AsyncUnaryCall<TResponse> call) : SingleAnswerCall<TResponse>
{
    public override Task<TResponse> Response => call.ResponseAsync;

    public override Task<Metadata> Headers => call.ResponseHeadersAsync;

    public override Status GetStatus() => call.GetStatus();

    public override Metadata GetTrailers() => call.GetTrailers();

    public override void Dispose() => call.Dispose();
}
