using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>A keytab and what judges calls by it: one consistent whole, replaced by another where the keytab is.</summary>
internal sealed record AcceptorState(LoadedKeytab Keytab, CallAcceptor Calls)
{
    public ValueTask<(AcceptedExchange? Exchange, RefusedCall? Refused)> JudgeByTokenAsync(IncomingCall call, CancellationToken cancellationToken) =>
        Calls.JudgeByTokenAsync(call, Keytab.Keys, cancellationToken);
}
