namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>A call that will not run: why, for the log, and what the peer is told.</summary>
internal sealed record RefusedCall(ApRefusal Refusal, ProvedRefusal Answer)
{
    /// <summary>Who proved itself all the same, or says so; null where nothing was opened.</summary>
    public KerberosPrincipal? Client { get; init; } = Refusal.Authenticator?.Client;

    public ApRejection Cause => Refusal.Cause;

    public override string ToString() => Refusal.ToString();
}
