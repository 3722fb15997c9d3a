using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What tells a gRPC call from other requests, and the method it will run.</summary>
internal static class GrpcRequest
{
    private const string ContentType = "application/grpc";

    public static bool Is(HttpRequest request) => request.ContentType is { } type && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase);

    /// <summary><c>/package.Service/Method</c>. Routing ignores case: the method that will run counts, before the path as it was written.</summary>
    public static string Method(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? context.Request.Path.Value ?? "";
}
