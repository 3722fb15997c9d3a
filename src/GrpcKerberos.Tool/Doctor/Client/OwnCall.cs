using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>The one method that every service of ours answers and that runs nothing of it: SessionService/Close, which ends this very session.</summary>
internal static class OwnCall
{
    public static Method<CloseRequest, CloseResponse> Close { get; } = new(
        MethodType.Unary,
        EstablishMessage.Service,
        "Close",
        Marshallers.Create(static (CloseRequest m) => m.ToByteArray(), CloseRequest.Parser.ParseFrom),
        Marshallers.Create(static (CloseResponse m) => m.ToByteArray(), CloseResponse.Parser.ParseFrom));

    /// <summary>The call as an interceptor sees it, for Establish to go the same way.</summary>
    public static CallStart StartOn(CallInvoker invoker) => new UnaryStart<CloseRequest, CloseResponse>(
        new CloseRequest(),
        new ClientInterceptorContext<CloseRequest, CloseResponse>(Close, null, default),
        (request, context) => invoker.AsyncUnaryCall(context.Method, context.Host, context.Options, request));

    /// <summary>What failed, in our words where they are ours.</summary>
    public static Finding Explain(string check, Uri target, RpcException e)
    {
        if (e.Status.DebugException is KerberosException own) return Finding.Fail(check, own);
        return Finding.Fail(
            check,
            $"{target.Authority} answered {e.StatusCode}: {e.Status.Detail.TrimEnd('.')}.",
            $"see whether a gRPC service is there, whether it is {(target.Scheme == Uri.UriSchemeHttp ? "https" : "http")}:// there, and whether a proxy on the way lets gRPC and its trailers pass.");
    }
}
