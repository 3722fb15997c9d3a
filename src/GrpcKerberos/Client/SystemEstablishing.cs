using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Client;

/// <summary>Establishes a session of the operating system's login, as every stock client of GSS-API does: its token in the message, and no MIC before the answer.</summary>
/// <param name="client">Whose calls wait for it.</param>
/// <param name="peer">The service.</param>
/// <param name="session">The login.</param>
/// <param name="start">The call that came first: the way to the service.</param>
internal sealed class SystemEstablishing(KerberosClient client, ServicePeer peer, SystemSession session, CallStart start) : Establishing(client, peer, start)
{
    /// <summary>
    /// libkrb5 sets its clock by the KDC's, which tells whole seconds: its authenticators may be stamped that much too early, and a server takes none from before its start.
    /// </summary>
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private bool _isSentAgain;

    protected override async Task<Established> RunAsync(CancellationToken patience)
    {
        while (true)
        {
            if (await TryAsync(patience).ConfigureAwait(false) is { } established) return established;
            _isSentAgain = true;
            await Task.Delay(s_second, Client.Settings.TimeProvider, patience).ConfigureAwait(false);
        }
    }

    /// <summary>Null where it is worth to come again: a token runs nothing here, so anybody's word is enough for that.</summary>
    private async Task<Established?> TryAsync(CancellationToken patience)
    {
        var context = SystemContext.Begin(Peer.Service);
        var attempt = new Attempt(Peer, session, null, TimeSpan.Zero, new PreparedCall(context.Token, new KerberosTime(Client.Settings.TimeProvider.GetUtcNow())));
        var exchange = new EstablishExchange(attempt.Call);
        var (headers, error) = await SendAsync(exchange, patience).ConfigureAwait(false);
        if (error is null && exchange.Answer is { } answer && SessionId.TryRead(answer.Session.Span, out var id) && context.Complete(answer.Token.Span))
            return new Established(true, Peer.KeepSystem(session, new BoundSession(id, context), answer.Ends?.Seconds));
        // A context that was kept goes when its last call is answered; this one nobody else has.
        context.Dispose();
        if (IsNotOffered(exchange, headers, error, patience)) return Established.NotOffered;
        var refusal = RefusalIn(exchange, attempt, headers, error);
        if (refusal.Error == KerberosError.ClockSkew && !_isSentAgain) return null;
        // No MIC proves a refusal here, and nothing is done by one: it is only told.
        throw RefusedAttempt.End(Client, refusal, attempt, EstablishMessage.Path, isProved: false);
    }
}
