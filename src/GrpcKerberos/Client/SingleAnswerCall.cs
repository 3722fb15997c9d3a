using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A call with one answer: unary or client streaming.</summary>
internal abstract class SingleAnswerCall<TResponse> : IInnerCall
{
    public abstract Task<TResponse> Response { get; }

    public abstract Task<Metadata> Headers { get; }

    public async Task<bool> PeekAsync()
    {
        await Response.ConfigureAwait(false);
        return true;
    }

    public void Ignore() => ResponseGuard.Observed(Response);

    public abstract Status GetStatus();

    public abstract Metadata GetTrailers();

    public abstract void Dispose();
}
