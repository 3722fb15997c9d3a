using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>A call whose token is cancelled when its session ends, too. Everything else is the call's own.</summary>
internal sealed class WatchedContext : ServerCallContext
{
    /// <summary>Where GetHttpContext looks for the HttpContext of a call that is not grpc-dotnet's own.</summary>
    private const string HttpContextKey = "__HttpContext";

    private readonly ServerCallContext _inner;

    public WatchedContext(ServerCallContext inner, HttpContext http, CancellationToken cancellationToken)
    {
        _inner = inner;
        CancellationTokenCore = cancellationToken;
        inner.UserState[HttpContextKey] = http;
    }

    protected override CancellationToken CancellationTokenCore { get; }

    protected override string MethodCore => _inner.Method;

    protected override string HostCore => _inner.Host;

    protected override string PeerCore => _inner.Peer;

    protected override DateTime DeadlineCore => _inner.Deadline;

    protected override Metadata RequestHeadersCore => _inner.RequestHeaders;

    protected override Metadata ResponseTrailersCore => _inner.ResponseTrailers;

    protected override AuthContext AuthContextCore => _inner.AuthContext;

    protected override IDictionary<object, object> UserStateCore => _inner.UserState;

    protected override Status StatusCore
    {
        get => _inner.Status;
        set => _inner.Status = value;
    }

    protected override WriteOptions? WriteOptionsCore
    {
        get => _inner.WriteOptions;
        set => _inner.WriteOptions = value;
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => _inner.CreatePropagationToken(options);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => _inner.WriteResponseHeadersAsync(responseHeaders);
}
