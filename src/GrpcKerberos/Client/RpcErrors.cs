using Grpc.Core;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Client;

/// <summary>Errors of ours as the exceptions of gRPC.</summary>
internal static class RpcErrors
{
    public static RpcException From(KerberosException error) => From(error, StatusOf(error.Error));

    public static RpcException From(KerberosException error, StatusCode status) => new(new Status(status, error.Message, error), error.Message);

    public static bool IsOurs(RpcException exception) => exception.Status.DebugException is KerberosException;

    /// <summary>What proxies and gRPC itself say, and a server that was never reached cannot prove. Everything else needs a proof, OK above all.</summary>
    public static bool PassesUnproved(StatusCode status) => status is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        or StatusCode.ResourceExhausted or StatusCode.Internal or StatusCode.Unknown or StatusCode.Unimplemented;

    private static StatusCode StatusOf(KerberosError error) => error switch
    {
        KerberosError.KdcUnreachable or KerberosError.Unavailable or KerberosError.SessionUnknown => StatusCode.Unavailable,
        KerberosError.TokenTooLarge => StatusCode.ResourceExhausted,
        KerberosError.NotAllowed => StatusCode.PermissionDenied,
        _ => StatusCode.Unauthenticated,
    };
}
