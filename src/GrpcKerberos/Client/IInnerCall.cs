using Grpc.Core;

namespace GrpcKerberos.Client;

/// <summary>A call as gRPC made it, whatever its shape, before anything of its answer is believed.</summary>
internal interface IInnerCall : IDisposable
{
    Task<Metadata> Headers { get; }

    /// <summary>True with the first message, false at the end without one; throws what the call ended with.</summary>
    Task<bool> PeekAsync();

    /// <summary>Nobody will ask for its answer: its failure is no unobserved one.</summary>
    void Ignore();

    Status GetStatus();

    Metadata GetTrailers();
}
