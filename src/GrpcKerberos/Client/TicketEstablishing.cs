using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Client;

/// <summary>Establishes K's session, or one bound to the server: for tokens that fit no header, and calls that cannot be sent twice.</summary>
/// <param name="client">Whose calls wait for it.</param>
/// <param name="peer">The service.</param>
/// <param name="session">K.</param>
/// <param name="start">The call that came first: the way to the service.</param>
/// <param name="number">The number of a refused call that the token is brought for; null where it is brought for all calls to come.</param>
/// <param name="binding">The TLS channel it goes on; null: any.</param>
internal sealed class TicketEstablishing(KerberosClient client, ServicePeer peer, TicketSession session, CallStart start, ulong? number, ChannelBinding? binding)
    : Establishing(client, peer, start)
{
    private bool _isSentAgain;

    protected override async Task<Established> RunAsync(CancellationToken patience)
    {
        session.MarkNamed();
        for (var offset = Peer.Offset; ;)
        {
            var attempt = new Attempt(Peer, session, null, offset, session.Origin.Prepare(EstablishMessage.Path, offset, number, binding)) { Binding = binding };
            if (attempt.Call.Token!.Encoded.Length is > EstablishMessage.MostTokenOctets and var size)
                throw new KerberosException(KerberosError.TokenTooLarge, ClientMessages.TokenTooLarge(Peer.Service, size, EstablishMessage.MostTokenOctets));
            var exchange = new EstablishExchange(attempt.Call);
            var (headers, error) = await SendAsync(exchange, patience).ConfigureAwait(false);
            if (headers is not null && Established(attempt, headers, exchange.Answer) is { } established)
            {
                if (_isSentAgain || Peer.IsProposed(offset)) Keep(offset);
                return established;
            }

            if (IsNotOffered(exchange, headers, error, patience)) return GrpcKerberos.Client.Established.NotOffered;
            if (IsDeclined(attempt, headers, error) && Refusal.TryRead(headers!, out var declined))
                throw RefusedAttempt.End(Client, declined, attempt, EstablishMessage.Path, isProved: true);
            offset = Corrected(attempt, headers, RefusalIn(exchange, attempt, headers, error));
        }
    }

    /// <summary>The session an answer proves; null where it proves none.</summary>
    private Established? Established(Attempt attempt, Metadata headers, EstablishResponse? answer)
    {
        if (answer is null || !OwnMetadata.TryGetOne(headers, KerberosMetadata.AuthenticationInfo, out var text) || !AnswerValue.TryParse(text, out var value)) return null;
        if (!value.Token.IsEmpty || !SessionId.TryRead(answer.Session.Span, out var named)) return null;
        if (!attempt.Call.IsAnsweredBy(value.Mic.Span, answer.Token.Memory, out var reply)) return null;
        if (reply?.AcceptorSubkey is null)
        {
            if (!named.Equals(session.Origin.Id)) return null;
            Peer.MarkPortable(session);
            return GrpcKerberos.Client.Established.Portable;
        }

        return BoundSession.Of(session.Origin, reply, named) is { } bound ? new Established(true, Peer.Keep(session, bound, answer.Ends?.Seconds)) : null;
    }

    /// <summary>Whether the server took the token and its application wants no session of this caller; its KRB_AP_REP is in the header, as there is no message.</summary>
    private static bool IsDeclined(Attempt attempt, Metadata? headers, Exception? error) =>
        Refusal.IsNotAllowed(headers, error as RpcException) && OwnMetadata.TryGetOne(headers!, KerberosMetadata.AuthenticationInfo, out var text)
        && AnswerValue.TryParse(text, out var value) && attempt.Call.IsAnsweredBy(value.Mic.Span, value.Token, out _);

    /// <summary>The clock of a server that proved a skew; anything else ends it.</summary>
    private TimeSpan Corrected(Attempt attempt, Metadata? headers, Refusal refusal)
    {
        var isProved = refusal.IsProvedFor(attempt);
        if (refusal.NeedsProof && !isProved) throw NotProven(attempt, headers);
        if (refusal.Error == KerberosError.SessionUnknown) throw RefusedAttempt.Unknown(Client, attempt, EstablishMessage.Path);
        if (refusal.Error != KerberosError.ClockSkew || _isSentAgain || refusal.ReadKrbError() is not { } skew) throw RefusedAttempt.End(Client, refusal, attempt, EstablishMessage.Path, isProved);
        _isSentAgain = true;
        Client.Log.CallResent(Peer.Service, EstablishMessage.Path, refusal.Error);
        Client.Metrics.Resent(refusal.Name);
        return attempt.OffsetBy(skew.ServerTime, Client.Settings.TimeProvider);
    }

    private void Keep(TimeSpan offset)
    {
        Peer.Keep(offset);
        Client.Log.ClockOffset(offset, Peer.Service);
    }
}
