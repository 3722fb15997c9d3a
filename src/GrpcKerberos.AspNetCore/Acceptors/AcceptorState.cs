using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>A keytab, the settings that may change, and what judges calls by both: one consistent whole, replaced by another where either is.</summary>
internal sealed record AcceptorState(LoadedKeytab Keytab, LiveSettings Live, CallAcceptor Calls)
{
    public ValueTask<(AcceptedExchange? Exchange, RefusedCall? Refused)> JudgeByTokenAsync(IncomingCall call, CancellationToken cancellationToken) =>
        Calls.JudgeByTokenAsync(call, Keytab.Keys, cancellationToken);
}
