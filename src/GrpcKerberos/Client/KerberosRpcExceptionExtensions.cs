using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;

namespace GrpcKerberos;

/// <summary>Why a call failed, in Kerberos terms.</summary>
public static class KerberosRpcExceptionExtensions
{
    /// <summary>The cause where GrpcKerberos raised the exception, or where a server's refusal reached a client without GrpcKerberos; else null: a handler's own PERMISSION_DENIED is none of Kerberos's.</summary>
    public static KerberosError? GetKerberosError(this RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception.Status.DebugException is KerberosException { Error: var error }) return error;
        if (!Refusal.TryRead(exception.Trailers, out var refusal)) return null;
        var isItsStatus = exception.StatusCode == StatusCode.Unauthenticated || (exception.StatusCode == StatusCode.PermissionDenied && refusal.Error == KerberosError.NotAllowed);
        return isItsStatus ? refusal.Error : null;
    }
}
