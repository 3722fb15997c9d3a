using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What tells a gRPC call from other requests, and the method it will run.</summary>
internal static class GrpcRequest
{
    private const string ContentType = "application/grpc";

    /// <summary>By the verb and the route as well: where JSON transcoding serves a method too, GET has its message in the address, and POST may.</summary>
    public static bool Is(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentType is { } type && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && !IsTranscoded(request.HttpContext.GetEndpoint());

    /// <summary><c>/package.Service/Method</c>. Routing ignores case: the method that will run counts, before the path as it was written.</summary>
    public static string Method(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? context.Request.Path.Value ?? "";

    /// <summary>gRPC's own route is the method's name, after the prefix of a group where there is one.</summary>
    private static bool IsTranscoded(Endpoint? endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } route } && endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { } called
        && !route.EndsWith(called.Method.FullName, StringComparison.Ordinal);
}
