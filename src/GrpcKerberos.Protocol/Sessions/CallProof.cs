using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What a call says of itself: its session, its time, and the MIC over both, its method and its token.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Time">The client's clock, corrected by its offset for this service.</param>
/// <param name="Mic">The MIC token (RFC 4121 section 4.2.6.1).</param>
internal sealed record CallProof(SessionId Session, KerberosTime Time, ReadOnlyMemory<byte> Mic)
{
    /// <summary>The number of the call, or null where the MIC token is no initiator's.</summary>
    public ulong? Number => MicToken.TryReadNumber(Mic.Span, MicFlags.None, out var number) ? number : null;

    public override string ToString() => $"session {Session}";
}
