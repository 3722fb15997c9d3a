using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What one scheme has made of its options at start, and shares among all calls.</summary>
internal sealed class SchemeAcceptor
{
    private volatile AcceptorState? _state;
    private volatile LiveSettings _live = null!;

    public required string Name { get; init; }

    public required KeytabKeeper Keeper { get; init; }

    /// <summary>Makes the state that follows from a keytab and settings.</summary>
    public required Func<LoadedKeytab, LiveSettings, AcceptorState> StateOf { get; init; }

    public required SessionCache Sessions { get; init; }

    public required ChannelCertificates Channels { get; init; }

    public required ServerLog Log { get; init; }

    public required ServerMetrics Metrics { get; init; }

    /// <summary>As they were at start. What may change since is <see cref="Live"/>.</summary>
    public required KerberosAuthenticationOptions Options { get; init; }

    public required LiveSettings Live
    {
        get => _live;
        init => _live = value;
    }

    /// <summary>The state of the keys and settings now in use. To be read once a call, since the next reading may give another.</summary>
    public AcceptorState Current
    {
        get
        {
            var (keytab, live) = (Keeper.Current, _live);
            // Two calls may both make it, and an old one may be stored last: the next reading makes up for that.
            return _state is { } state && ReferenceEquals(state.Keytab, keytab) && ReferenceEquals(state.Live, live) ? state : _state = StateOf(keytab, live);
        }
    }

    /// <summary>Goes by other settings from the next call on; sessions that they would not let in end.</summary>
    public void Adopt(LiveSettings live)
    {
        var before = _live;
        _live = live;
        Sessions.EndWhere(s => !live.Keeps(s, before, Keeper.Current.Keys));
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

    /// <summary>Whether the key of a caller was withdrawn since it was judged, or the settings changed and would not let it in.</summary>
    public bool IsWithdrawn(IProvedCaller caller, AcceptorState judgedBy)
    {
        var (keytab, live) = (Keeper.Current, _live);
        var isKeyGone = !ReferenceEquals(keytab, judgedBy.Keytab)
            && new KeytabChange(judgedBy.Keytab.Keys, keytab.Keys).Withdrawn(caller.Service, caller.KeyVersion, caller.TicketEncryptionType);
        return isKeyGone || (!ReferenceEquals(live, judgedBy.Live) && !live.Keeps(caller, judgedBy.Live, keytab.Keys));
    }

    /// <summary>Ends a session that was kept while its key was being withdrawn, or the settings changed: the sweep of that change may have missed it.</summary>
    public void EndIfWithdrawn(AcceptorSession session, AcceptorState judgedBy)
    {
        if (IsWithdrawn(session, judgedBy)) session.End();
    }

    private static bool LacksKey(ApRejection cause) => cause is ApRejection.NoKey or ApRejection.KeyVersionUnknown or ApRejection.TicketIntegrity;
}
