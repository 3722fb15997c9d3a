using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What tells a gRPC call from other requests, and the method it will run.</summary>
internal static class GrpcRequest
{
    private const string ContentType = "application/grpc";

    /// <summary>By the verb as well: of one method that JSON transcoding serves too, GET has its message in the address.</summary>
    public static bool Is(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.ContentType is { } type && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase);

    /// <summary><c>/package.Service/Method</c>. Routing ignores case: the method that will run counts, before the path as it was written.</summary>
    public static string Method(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? context.Request.Path.Value ?? "";
}
