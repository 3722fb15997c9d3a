namespace GrpcKerberos.Client;

/// <summary>A call with one answer: unary or client streaming.</summary>
internal interface IUnaryInnerCall<TResponse> : IInnerCall
{
    Task<TResponse> Response { get; }
}
