using GrpcKerberos.Protocol.ApExchange.Accept;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What a call's connection allows: told by TLS on this very connection. A scheme, IsHttps or a header say what somebody else wrote.</summary>
internal static class Connections
{
    public static Connection Of(HttpContext context, SessionPortability option) => option switch
    {
        SessionPortability.Portable => Connection.Portable,
        SessionPortability.ServerBound => new Connection(Portability.Never, []),
        _ => new Connection(context.Features.Get<ITlsHandshakeFeature>() is null ? Portability.Never : Portability.OverTls, []),
    };
}
