using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;

namespace GrpcKerberos.Client;

/// <summary>Opens the connection by a call that proves nothing and holds nothing, so that the server's certificate is known before the first proof is made.</summary>
internal static class ChannelLook
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>The TLS channel that calls go on now; null where proofs are not bound.</summary>
    /// <exception cref="KerberosException">No certificate was seen.</exception>
    /// <exception cref="RpcException">The server was not reached.</exception>
    public static ValueTask<ChannelBinding?> BindingAsync(AttemptCredentials call, ServicePeer peer, AuthInterceptorContext context)
    {
        if (call.Client.Settings.ChannelBinding is not { } source) return new ValueTask<ChannelBinding?>((ChannelBinding?)null);
        var host = ServiceNames.HostOf(ServiceNames.TargetOf(context.ServiceUrl, call.Start.Service));
        if (peer.IsInClear) throw Unseen(ClientMessages.ChannelBindingInClear(peer.Service));
        return source.Of(host) is { } seen ? new ValueTask<ChannelBinding?>(seen) : new ValueTask<ChannelBinding?>(LookAsync(call, peer, source, host, context.CancellationToken));
    }

    private static async Task<ChannelBinding?> LookAsync(AttemptCredentials call, ServicePeer peer, ChannelBindingSource source, string? host, CancellationToken cancellationToken)
    {
        await peer.Look.JoinAsync(
            async () =>
            {
                using var patience = new CancellationTokenSource(s_limit, call.Client.Settings.TimeProvider);
                var (_, error) = await new EstablishExchange(proof: null).SendAsync(call.Start, patience.Token).ConfigureAwait(false);
                // Whatever else it says was said over a connection.
                return source.Of(host) is not null || error is not RpcException { StatusCode: StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled } rpc ? true : throw OwnMetadata.TakeOut(rpc);
            },
            cancellationToken).ConfigureAwait(false);
        return source.Of(host) ?? throw Unseen(ClientMessages.ChannelBindingUnseen(peer.Service));
    }

    private static KerberosException Unseen(string message) => new(KerberosError.ChannelBindingMismatch, message);
}
