using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.Protocol.ApExchange.Accept;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What a call's connection allows: told by TLS on this very connection. A scheme, IsHttps or a header say what somebody else wrote.</summary>
internal static class Connections
{
    public static Connection Of(HttpContext context, SchemeAcceptor scheme) => new(Of(context, scheme.Options.SessionPortability), scheme.Channels.Of(context));

    private static Portability Of(HttpContext context, SessionPortability option) => option switch
    {
        SessionPortability.Portable => Portability.Always,
        SessionPortability.ServerBound => Portability.Never,
        _ => context.Features.Get<ITlsHandshakeFeature>() is null ? Portability.Never : Portability.OverTls,
    };
}
