using GrpcKerberos.AspNetCore.Calls;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.SessionCalls;

/// <summary>Which requests are ours to answer.</summary>
internal static class SessionMethods
{
    public const string Establish = "/grpckerberos.v1.SessionService/Establish";
    public const string Close = "/grpckerberos.v1.SessionService/Close";

    /// <summary>By verb, content type and the exact path; anything else, and what cannot have trailers, goes on its way.</summary>
    public static SessionMethod Of(HttpRequest request)
    {
        var method = request.Path.Value switch
        {
            Establish => SessionMethod.Establish,
            Close => SessionMethod.Close,
            _ => SessionMethod.None,
        };
        return method != SessionMethod.None && GrpcRequest.Is(request) && request.HttpContext.Response.SupportsTrailers()
            ? method
            : SessionMethod.None;
    }
}
