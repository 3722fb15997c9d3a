using System.Security.Claims;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>A service of one key, its store of sessions, and clients whose tokens it takes; the clock stands.</summary>
internal sealed class SessionBench
{
    public const string Method = "/greeter.v1.Greeter/SayHello";

    private const string ServiceName = "HTTP/orders.corp.example@CORP.EXAMPLE";

    private readonly SetTime _time = new(TimeProvider.System.GetUtcNow());
    private readonly KerberosPrincipal _service = KerberosPrincipal.Parse(ServiceName);
    private readonly TestTickets _tickets;
    private readonly Keytab _keytab;
    private readonly ApAcceptor _exchanges;
    private readonly int? _groups;

    /// <param name="type">Of the service's key and all others.</param>
    /// <param name="groups">Tickets hold a PAC with so many; null: none.</param>
    public SessionBench(EncryptionType type, int? groups = null)
    {
        _groups = groups;
        var keys = new TestKeys().Add(ServiceName, 1, type);
        _keytab = keys.Keytab;
        _tickets = new TestTickets(keys, _time);
        var clock = new AcceptorClock(_time);
        _exchanges = new ApAcceptor(new AcceptorPolicy(), new ForgetfulCache(), clock, new ProcessSecret());
        _time.Now += TimeSpan.FromMinutes(1);
    }

    public ServiceTicket TicketOf(string client) => _tickets.IssueTicket(KerberosPrincipal.Parse(client), _service, template => template.Pac = PacOf(client));

    public InitiatorSession Initiate(ServiceTicket ticket) => new(ticket, new AuthenticatorClock(_time), mutual: true);

    /// <summary>A call with its token, as it arrives.</summary>
    public static IncomingCall First(InitiatorSession client)
    {
        var prepared = client.Prepare(Method, TimeSpan.Zero);
        return new IncomingCall(prepared.Token!.Encoded.ToArray(), prepared.Proof, Method);
    }

    public AcceptedExchange Accept(IncomingCall call)
    {
        // The cache forgets at once, so nothing is waited for.
        var judged = _exchanges.AcceptAsync(call, _keytab, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return judged.Passed(out var exchange, out var refusal) ? exchange : throw new InvalidOperationException(refusal.ToString());
    }

    public CallAcceptor Calls(SessionCache sessions) => new(_exchanges, sessions, _service);

    private TestPac? PacOf(string client) => _groups is not { } groups ? null : new TestPac
    {
        UserPrincipalName = client.ToLowerInvariant(),
        Logon = new TestLogonInfo { Groups = [.. Enumerable.Range(513, groups).Select(static n => ((uint)n, TestLogonInfo.Enabled))] },
    };

    /// <summary>The session of an exchange in a store, with what the ASP.NET Core handler keeps beside it.</summary>
    public static AcceptorSession Admit(CallAcceptor calls, IncomingCall call, AcceptedExchange exchange)
    {
        var judgement = calls.Admit(call, exchange, Array.Empty<Claim>());
        return judgement.Accepted?.Session ?? throw new InvalidOperationException(judgement.Refused!.ToString());
    }
}
