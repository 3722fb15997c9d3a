using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Keys and the rules that follow from them, read together: a call is judged by one state from its start to its end.</summary>
/// <param name="Keytab">The keys.</param>
/// <param name="Acceptor">Its policy names the principals and realms of these keys.</param>
/// <param name="Service">The name KRB-ERRORs give as the server's.</param>
internal sealed record AcceptorState(LoadedKeytab Keytab, ApAcceptor Acceptor, KerberosPrincipal Service)
{
    public ValueTask<Step<AcceptedExchange>> AcceptAsync(IncomingCall call, CancellationToken cancellationToken) =>
        Acceptor.AcceptAsync(call, Keytab.Keys, cancellationToken);
}
