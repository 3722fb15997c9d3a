using System.Diagnostics;
using Grpc.Core;
using GrpcKerberos.Diagnostics;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Establishes a session by a call of its own, that the application's calls wait for.</summary>
/// <param name="client">Whose calls wait for it.</param>
/// <param name="peer">The service.</param>
/// <param name="start">The call that came first: the way to the service.</param>
internal abstract class Establishing(KerberosClient client, ServicePeer peer, CallStart start)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Of the call that came first: what it waits for is part of its trace.</summary>
    private readonly Activity? _waiting = Activity.Current;

    protected KerberosClient Client { get; } = client;

    protected ServicePeer Peer { get; } = peer;

    /// <exception cref="RpcException">The server refused, did not prove itself, or was not reached.</exception>
    /// <exception cref="KerberosException">It did not answer in time, gRPC dropped the proof, or there is no token to be had.</exception>
    public async Task<Established> RunAsync()
    {
        using var patience = new CancellationTokenSource(s_limit, Client.Settings.TimeProvider);
        var began = Client.Metrics.Begin();
        Activity.Current = _waiting;
        var established = await KerberosActivities.AroundAsync(
            "kerberos establish", Peer.Service, realm: null, () => new ValueTask<Established>(RunAsync(patience.Token))).ConfigureAwait(false);
        if (established.IsOffered) Client.Metrics.Proved(began, KerberosMeter.ByEstablish);
        return established;
    }

    protected abstract Task<Established> RunAsync(CancellationToken patience);

    protected Task<(Metadata? Headers, Exception? Error)> SendAsync(EstablishExchange exchange, CancellationToken patience) => exchange.SendAsync(start, patience);

    /// <summary>Whether the server has no such method: other failures than a refusal are raised.</summary>
    protected bool IsNotOffered(EstablishExchange exchange, Metadata? headers, Exception? error, CancellationToken patience)
    {
        if (patience.IsCancellationRequested) throw new KerberosException(KerberosError.Unavailable, ClientMessages.EstablishTimedOut(Peer.Service, s_limit));
        if (error is NotSupportedException or RpcException { StatusCode: StatusCode.Unimplemented }) return true;
        // An absent proof passes there, but it begins no session.
        if (error is null && !Client.Settings.RequireMutualAuthentication && IsAbsent(headers)) return true;
        if (!exchange.IsProofSent) throw new KerberosException(KerberosError.ProofSkipped, ClientMessages.ProofSkipped);
        if (error is not null and not RpcException) throw new KerberosException(KerberosError.Unavailable, ClientMessages.EstablishFailed(Peer.Service, error), error);
        if (error is RpcException rpc && RpcErrors.PassesUnproved(rpc.StatusCode)) throw OwnMetadata.TakeOut(rpc);
        return false;
    }

    /// <summary>The refusal in an answer that names one.</summary>
    protected Refusal RefusalIn(EstablishExchange exchange, Attempt attempt, Metadata? headers, Exception? error) =>
        exchange.Answer is null && Refusal.TryRead(headers, error as RpcException, out var refusal) ? refusal : throw NotProven(attempt, headers);

    protected RpcException NotProven(Attempt attempt, Metadata? headers) => RefusedAttempt.NotProven(Client, attempt, EstablishMessage.Path, IsAbsent(headers));

    private static bool IsAbsent(Metadata? headers) => headers is null || !OwnMetadata.Has(headers, KerberosMetadata.AuthenticationInfo);
}
