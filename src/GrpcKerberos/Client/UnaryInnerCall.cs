using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A call with one answer: unary or client streaming.</summary>
internal sealed class UnaryInnerCall<TResponse>(
    Task<TResponse> response, Func<Task<Metadata>> headers, Func<Status> status, Func<Metadata> trailers, Action dispose) : IInnerCall
{
    public Task<TResponse> Response { get; } = ResponseGuard.Observed(response);

    public Task<Metadata> Headers => headers();

    public static UnaryInnerCall<TResponse> Of(AsyncUnaryCall<TResponse> call) =>
        new(call.ResponseAsync, () => call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

    public static UnaryInnerCall<TResponse> Of<TRequest>(AsyncClientStreamingCall<TRequest, TResponse> call) =>
        new(call.ResponseAsync, () => call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);

    public async Task<bool> PeekAsync()
    {
        await Response.ConfigureAwait(false);
        return true;
    }

    public Status GetStatus() => status();

    public Metadata GetTrailers() => trailers();

    public void Dispose() => dispose();
}
