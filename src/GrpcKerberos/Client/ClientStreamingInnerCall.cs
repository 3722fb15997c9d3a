using Grpc.Core;

namespace GrpcKerberos.Client;

internal sealed class ClientStreamingInnerCall<TRequest, TResponse>(AsyncClientStreamingCall<TRequest, TResponse> call) : IUnaryInnerCall<TResponse>
{
    public Task<TResponse> Response => call.ResponseAsync;

    public Task<Metadata> Headers => call.ResponseHeadersAsync;

    public async Task<bool> PeekAsync()
    {
        await Response.ConfigureAwait(false);
        return true;
    }

    public void Ignore() => ResponseGuard.Observed(Response);

    public Status GetStatus() => call.GetStatus();

    public Metadata GetTrailers() => call.GetTrailers();

    public void Dispose() => call.Dispose();
}
