using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Calls of all shapes, as an application makes and reads them.</summary>
internal static class CallMaker
{
    public const string Service = "explorer.v1.Explorer";
    public const string OtherMethod = "/explorer.v1.Explorer/DeleteAll";

    private static readonly Marshaller<byte[]> s_octets = Marshallers.Create<byte[]>(static b => b, static b => b);

    private static readonly byte[] s_request = [1];

    public static async Task MakeAsync(CallInvoker invoker, AppCall call)
    {
        var method = new Method<byte[], byte[]>(call.Shape, Service, call.Shape.ToString(), s_octets, s_octets);
        var options = new CallOptions(headers: new Metadata { { MemoryInvoker.CallKey, call.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) } });
        switch (call.Shape)
        {
            case MethodType.Unary:
                await invoker.AsyncUnaryCall(method, null, options, s_request).ResponseAsync.ConfigureAwait(false);
                break;
            case MethodType.ServerStreaming:
                await ReadAsync(invoker.AsyncServerStreamingCall(method, null, options, s_request).ResponseStream).ConfigureAwait(false);
                break;
            case MethodType.ClientStreaming:
                var upload = invoker.AsyncClientStreamingCall(method, null, options);
                await upload.RequestStream.WriteAsync(s_request).ConfigureAwait(false);
                await upload.ResponseAsync.ConfigureAwait(false);
                break;
            default:
                var duplex = invoker.AsyncDuplexStreamingCall(method, null, options);
                await duplex.RequestStream.WriteAsync(s_request).ConfigureAwait(false);
                await ReadAsync(duplex.ResponseStream).ConfigureAwait(false);
                break;
        }
    }

    private static async Task ReadAsync(IAsyncStreamReader<byte[]> stream)
    {
        while (await stream.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
        }
    }
}
