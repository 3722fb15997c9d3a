using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>A store full of sessions as services have them: each of a token of its own that was opened and judged, with its keys and its caller.</summary>
internal sealed class SessionFill
{
    private readonly List<SessionId> _ids;

    public SessionFill(EncryptionType type, int sessions, int principals, int? groups = null)
    {
        var bench = new SessionBench(type, groups);
        Sessions = new SessionCache(2 * sessions + 8, AcceptorPolicy.DefaultClockSkew);
        _ids = new List<SessionId>(sessions);
        var acceptor = bench.Calls(Sessions);
        for (var p = 0; p < principals; p++)
        {
            var ticket = bench.TicketOf($"user{p}@CORP.EXAMPLE");
            for (var i = p; i < sessions; i += principals)
            {
                using var client = bench.Initiate(ticket);
                var call = SessionBench.First(client);
                _ids.Add(SessionBench.Admit(acceptor, call, bench.Accept(call)).Id);
            }
        }

        Now = acceptor.Now();
    }

    public SessionCache Sessions { get; }

    public IReadOnlyList<SessionId> Ids => _ids;

    public KerberosTime Now { get; }
}
