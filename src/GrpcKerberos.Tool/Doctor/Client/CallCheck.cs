using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tool.Doctor.Client;

/// <summary>Whether a call on the session is taken and its answer proved, as each call of an application: the one that ends the session.</summary>
internal sealed class CallCheck(ClientCase client) : ICheck
{
    private const string OnAnotherReplica =
        "another replica took the call, and knows the session once a call brings its token, as an application's does; this one cannot";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public string Name => "call";

    public IReadOnlyList<string> Needs => ["exchange"];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        // Disposed with the case: the interceptor owns nothing but the client.
        var invoker = client.Channel.Intercept(new KerberosClientInterceptor(client.Client));
        using var patience = new CancellationTokenSource(s_patience, client.Host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            using var call = invoker.AsyncUnaryCall(OwnCall.Close, null, new CallOptions(cancellationToken: either.Token), new CloseRequest());
            await call.ResponseAsync.ConfigureAwait(false);
            return [Finding.Ok(Name, "session proof accepted, answer proven")];
        }
        catch (RpcException e) when (e.GetKerberosError() == KerberosError.SessionUnknown && client.Peer.IsPortable)
        {
            return [Finding.Ok(Name, OnAnotherReplica)];
        }
        catch (RpcException e)
        {
            return [OwnCall.Explain(Name, client.Target!, e)];
        }
    }
}
