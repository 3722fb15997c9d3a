using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>One call of Establish, with the proof, where there is one, in its metadata and the token in its body.</summary>
/// <param name="proof">Both; null: neither.</param>
internal sealed class EstablishExchange(PreparedCall? proof)
{
    private readonly EstablishMessage _message = new(proof?.Encoded ?? default);

    /// <summary>False where gRPC never asked for credentials: on a plaintext channel it skips them in silence.</summary>
    public bool IsProofSent { get; private set; }

    /// <summary>The body of the answer; null where none came.</summary>
    public EstablishResponse? Answer => _message.Answer;

    /// <summary>Sends it the way an application's call goes.</summary>
    public async Task<(Metadata? Headers, Exception? Error)> SendAsync(CallStart start, CancellationToken cancellationToken)
    {
        var (inner, error) = await InnerOutcome.Of(StartAsync(start, cancellationToken)).ConfigureAwait(false);
        if (inner is null) return (null, error);
        using (inner)
        {
            (var headers, error) = await InnerOutcome.Of(inner.Headers).ConfigureAwait(false);
            if (error is null) (_, error) = await InnerOutcome.Of(inner.PeekAsync()).ConfigureAwait(false);
            else inner.Ignore();
            return (headers, error);
        }
    }

    // Async, so that what starting a call throws is its outcome too.
    private async Task<IInnerCall> StartAsync(CallStart start, CancellationToken cancellationToken)
    {
        var credentials = CallCredentials.FromInterceptor(ProveAsync);
        return await start.StartEstablishAsync(_message, new CallOptions(cancellationToken: cancellationToken, credentials: credentials)).ConfigureAwait(false);
    }

    /// <summary>The same for every attempt gRPC makes of it: a server that took the token already says so.</summary>
    private Task ProveAsync(AuthInterceptorContext context, Metadata metadata)
    {
        IsProofSent = true;
        if (proof is { HasProof: true }) metadata.Add(KerberosMetadata.Authorization, new AuthorizationValue(proof.Proof, default).Format());
        return Task.CompletedTask;
    }
}
