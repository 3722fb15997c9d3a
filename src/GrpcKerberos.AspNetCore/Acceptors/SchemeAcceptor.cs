using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What one scheme has made of its options at start, and shares among all calls.</summary>
internal sealed class SchemeAcceptor
{
    private volatile AcceptorState? _state;

    public required string Name { get; init; }

    public required KeytabKeeper Keeper { get; init; }

    /// <summary>Makes the state that follows from a keytab.</summary>
    public required Func<LoadedKeytab, AcceptorState> StateOf { get; init; }

    public required SessionCache Sessions { get; init; }

    public required ChannelCertificates Channels { get; init; }

    public required RoleMap Roles { get; init; }

    public required ServerLog Log { get; init; }

    public required ServerMetrics Metrics { get; init; }

    public required KerberosAuthenticationOptions Options { get; init; }

    /// <summary>The state of the keys now in use. To be read once a call, since the next reading may give another.</summary>
    public AcceptorState Current
    {
        get
        {
            var keytab = Keeper.Current;
            // Two calls may both make it, and an old one may be stored last: the next reading makes up for that.
            return _state is { } state && ReferenceEquals(state.Keytab, keytab) ? state : _state = StateOf(keytab);
        }
    }

    /// <summary>Judges a token; one whose ticket none of the keys opens once more, where the keytab has others by now.</summary>
    /// <returns>The outcome, and the state it was reached by.</returns>
    public async ValueTask<(AcceptedExchange? Exchange, RefusedCall? Refused, AcceptorState State)> JudgeByTokenAsync(IncomingCall call, CancellationToken cancellationToken)
    {
        var state = Current;
        var (exchange, refused) = await state.JudgeByTokenAsync(call, cancellationToken).ConfigureAwait(false);
        if (refused is null || !LacksKey(refused.Cause) || !await Keeper.RefreshAsync(state.Keytab, cancellationToken).ConfigureAwait(false))
            return (exchange, refused, state);
        // A ticket that no key opened is refused long before the replay cache is asked: the second judgement finds nothing of the first.
        state = Current;
        (exchange, refused) = await state.JudgeByTokenAsync(call, cancellationToken).ConfigureAwait(false);
        return (exchange, refused, state);
    }

    /// <summary>Ends a session that was kept while its key was being withdrawn: the sweep of that change may have missed it.</summary>
    public void EndIfWithdrawn(AcceptorSession session, AcceptorState judgedBy)
    {
        var keytab = Keeper.Current;
        if (ReferenceEquals(keytab, judgedBy.Keytab)) return;
        if (new KeytabChange(judgedBy.Keytab.Keys, keytab.Keys).Withdrawn(session.Service, session.KeyVersion, session.TicketEncryptionType)) session.End();
    }

    private static bool LacksKey(ApRejection cause) => cause is ApRejection.NoKey or ApRejection.KeyVersionUnknown or ApRejection.TicketIntegrity;
}
