using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>A channel in memory.</summary>
internal sealed class MemoryInvoker(World world, Link link) : CallInvoker
{
    /// <summary>The request header that tells an application's call from Establish.</summary>
    public const string CallKey = "x-call";

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Of(method, options).Unary(request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => Of(method, options).ServerStreaming(request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => Of(method, options).ClientStreaming();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => Of(method, options).Duplex();

    private WireCall<TRequest, TResponse> Of<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class =>
        new(world, world.FindCall(options.Headers?.Get(CallKey)?.Value), link, method, options);
}
