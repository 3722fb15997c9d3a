using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>A call that may run, the session it runs in, and the server's own proof.</summary>
/// <param name="session">The session, known before or just begun; null where the application refuses to begin one.</param>
/// <param name="mic">The answer's MIC; empty for a call that had none.</param>
/// <param name="apRep">The answer's KRB_AP_REP; null where no token was opened, or the client asked for none.</param>
internal sealed class AcceptedCall(AcceptorSession? session, Mic mic, byte[]? apRep)
{
    private readonly Mic _mic = mic;

    public AcceptorSession? Session { get; } = session;

    public ref readonly Mic Mic => ref _mic;

    /// <summary>Kept as long as the call lasts, and all that is kept of its token: a stream may last for days.</summary>
    public byte[]? ApRep { get; } = apRep;
}
