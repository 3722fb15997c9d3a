namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What the streams of a session hang on; as long as one does, the session can be found through it.</summary>
internal sealed class SessionEndSource(AcceptorSession session) : CancellationTokenSource
{
    public AcceptorSession Session { get; } = session;
}
