using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What a call says of itself: its session, its time, and the MIC over both, its method and its token.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Time">The client's clock, corrected by its offset for this service.</param>
/// <param name="Mic">The MIC token (RFC 4121 section 4.2.6.1).</param>
internal readonly record struct CallProof(SessionId Session, KerberosTime Time, Mic Mic)
{
    /// <summary>The number of the call, or null where the MIC token is no initiator's.</summary>
    public ulong? Number => MicToken.TryReadNumber(Mic.Span, out var flags, out var number) && !flags.HasFlag(MicFlags.SentByAcceptor) ? number : null;

    public override string ToString() => $"session {Session}";
}
