using Grpc.Core;
using GrpcKerberos;

namespace Greeter.Client;

/// <summary>A failed call in one line. What Kerberos refuses says what to do; what the network or TLS refuses is given the advice here.</summary>
internal static class Failure
{
    public static string Tell(RpcException e)
    {
        if (e.GetKerberosError() is { } error) return $"{e.StatusCode} {error}: {e.Status.Detail}";
        var causes = e.Status.Detail;
        if (e.Status.DebugException is { } cause && !causes.Contains(cause.Message, StringComparison.Ordinal)) causes += $" {cause.Message}";
        causes = causes.TrimEnd('.') + '.';
        return e.StatusCode is StatusCode.Unavailable or StatusCode.Internal
            ? $"{e.StatusCode}: {causes} Next: start the server there, or correct Target: its port, https:// or http://, and for https its Certificate."
            : $"{e.StatusCode}: {causes} Next: see the server's log.";
    }
}
