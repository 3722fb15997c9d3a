using Grpc.Core;
using GrpcKerberos.Wire;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>
/// A handler that calls another service may let that service's refusal escape, trailers and all. Our own caller must not take it for ours:
/// it would send the call again, and the call would run twice.
/// </summary>
internal static class ForeignProofs
{
    public static void RemoveFrom(Metadata metadata)
    {
        for (var i = metadata.Count - 1; i >= 0; i--)
        {
            if (metadata[i].Key is KerberosMetadata.WwwAuthenticate or KerberosMetadata.AuthenticationInfo) metadata.RemoveAt(i);
        }
    }

    /// <summary>An exception filter that is never true: the handler's exception goes on its way untouched, but for our keys.</summary>
    public static bool Clean(RpcException exception)
    {
        if (!exception.Trailers.IsReadOnly) RemoveFrom(exception.Trailers);
        return false;
    }
}
