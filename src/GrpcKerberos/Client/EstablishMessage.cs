using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>One request of Establish and its answer, carried by a call whose message types are the application's and mean nothing here.</summary>
internal sealed class EstablishMessage
{
    public const string Service = "grpckerberos.v1.SessionService";
    public const string Name = "Establish";

    /// <summary>What a MIC covers as the method.</summary>
    public const string Path = $"/{Service}/{Name}";

    /// <summary>Servers take no larger token (protos/README.md).</summary>
    public const int MostTokenOctets = 65_535;

    /// <summary>A server of ours sends no more, and of others nothing is kept.</summary>
    private const int MostOctets = 96 * 1024;

    private readonly byte[] _request;

    public EstablishMessage(ReadOnlyMemory<byte> token) => _request = new EstablishRequest { Token = ByteString.CopyFrom(token.Span) }.ToByteArray();

    /// <summary>The answer; null where none came, or none that is one.</summary>
    public EstablishResponse? Answer { get; private set; }

    /// <exception cref="NotSupportedException">There is no instance of the response type to hand out.</exception>
    public ClientInterceptorContext<TRequest, TResponse> ContextOf<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> application, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        var placeholder = Placeholder.Of<TResponse>();
        var requests = new Marshaller<TRequest>((_, context) => context.Complete(_request), static _ => throw new NotSupportedException());
        var responses = new Marshaller<TResponse>(static (_, _) => throw new NotSupportedException(), context => Read(context, placeholder));
        var method = new Method<TRequest, TResponse>(application.Method.Type, Service, Name, requests, responses);
        return new ClientInterceptorContext<TRequest, TResponse>(method, application.Host, options);
    }

    private TResponse Read<TResponse>(DeserializationContext context, TResponse placeholder)
        where TResponse : class
    {
        if (context.PayloadLength <= MostOctets)
        {
            try
            {
                Answer = EstablishResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence());
            }
            catch (InvalidProtocolBufferException)
            {
                // No answer, then: who asked says what that means.
            }
        }

        return placeholder;
    }
}
