using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>What one scheme has made of its options at start, and shares among all calls.</summary>
internal sealed class SchemeAcceptor
{
    private volatile AcceptorState? _state;

    public required string Name { get; init; }

    public required KeytabKeeper Keeper { get; init; }

    /// <summary>Makes the state that follows from a keytab.</summary>
    public required Func<LoadedKeytab, AcceptorState> StateOf { get; init; }

    public required RoleMap Roles { get; init; }

    public required ServerLog Log { get; init; }

    public required int MaxTokenBytes { get; init; }

    public required bool RequireAuthenticatedUser { get; init; }

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

    /// <summary>Judges a call; one whose ticket none of the keys opens once more, where the keytab has others by now.</summary>
    /// <returns>The outcome, and the state it was reached by.</returns>
    public async ValueTask<(Step<AcceptedExchange> Step, AcceptorState State)> AcceptAsync(IncomingCall call, CancellationToken cancellationToken)
    {
        var state = Current;
        var step = await state.AcceptAsync(call, cancellationToken).ConfigureAwait(false);
        if (step.Passed(out _, out var refusal) || !LacksKey(refusal.Cause)) return (step, state);
        if (!await Keeper.RefreshAsync(state.Keytab, cancellationToken).ConfigureAwait(false)) return (step, state);
        // A ticket that no key opened is refused long before the replay cache is asked: the second judgement finds nothing of the first.
        state = Current;
        return (await state.AcceptAsync(call, cancellationToken).ConfigureAwait(false), state);
    }

    private static bool LacksKey(ApRejection cause) => cause is ApRejection.NoKey or ApRejection.KeyVersionUnknown or ApRejection.TicketIntegrity;
}
