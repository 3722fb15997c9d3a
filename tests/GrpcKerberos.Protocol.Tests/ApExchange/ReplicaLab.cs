using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>One client, and as many replicas of one service as a test asks for: a keytab, a clock for all, a store of sessions each.</summary>
internal sealed class ReplicaLab
{
    public const string Method = "/greeter.v1.Greeter/SayHello";
    public const string Establish = "/grpckerberos.v1.SessionService/Establish";

    private readonly TestTickets _tickets;
    private readonly AcceptorPolicy _policy;

    public ReplicaLab(EncryptionType type = EncryptionType.Aes256CtsHmacSha1, AcceptorPolicy? policy = null, int maxSessions = 1000)
    {
        _policy = policy ?? new AcceptorPolicy();
        Keys = new TestKeys().Add(Lab.Service, 1, type);
        Keytab = Keys.Keytab;
        _tickets = new TestTickets(Keys, Time);
        MaxSessions = maxSessions;
        Clock = new AuthenticatorClock(Time);
        First = new Replica(this);
        Time.Advance(TimeSpan.FromSeconds(1));
        Client = NewClient();
    }

    public TestKeys Keys { get; }

    public Keytab Keytab { get; set; }

    public LabTime Time { get; } = new();

    public int MaxSessions { get; }

    public AuthenticatorClock Clock { get; }

    public Replica First { get; }

    public InitiatorSession Client { get; }

    public InitiatorSession NewClient(string name = Lab.Client, byte flags = 0, Action<TicketTemplate>? change = null) =>
        new(_tickets.IssueTicket(name, Lab.Service, change), Clock, mutual: true, flags);

    /// <summary>Another process with the same keytab, started now.</summary>
    public Replica Start()
    {
        var replica = new Replica(this);
        Time.Advance(TimeSpan.FromSeconds(1));
        return replica;
    }

    /// <summary>A call with its token.</summary>
    public PreparedCall WithToken(ulong? number = null) => Client.Prepare(Method, TimeSpan.Zero, number);

    /// <summary>A call by its MIC alone.</summary>
    public PreparedCall Known(BoundSession? bound = null, ulong? number = null) => Client.PrepareKnown(Method, TimeSpan.Zero, bound, number);

    /// <summary>One process: its sessions, its secret, what it has seen.</summary>
    internal sealed class Replica
    {
        private readonly ReplicaLab _lab;
        private readonly CallAcceptor _calls;

        public Replica(ReplicaLab lab)
        {
            _lab = lab;
            Sessions = new SessionCache(lab.MaxSessions, lab._policy.MaxClockSkew);
            var exchanges = new ApAcceptor(lab._policy, new MemoryReplayCache(lab.Time), new AcceptorClock(lab.Time), new ProcessSecret());
            _calls = new CallAcceptor(exchanges, Sessions, KerberosPrincipal.Parse(Lab.Service));
        }

        public SessionCache Sessions { get; }

        public Connection Connection { get; set; } = Connection.Portable;

        public async Task<CallJudgement> JudgeAsync(IncomingCall call)
        {
            var connected = call with { Connection = Connection };
            if (call.Proof is { } proof)
            {
                var judgement = _calls.JudgeBySession(proof, call.Method, call.Token.Span, Connection);
                if (!judgement.NeedsToken) return judgement;
            }

            return await JudgeByTokenAsync(connected);
        }

        private async Task<CallJudgement> JudgeByTokenAsync(IncomingCall call)
        {
            var (exchange, refused) = await _calls.JudgeByTokenAsync(call, _lab.Keytab, CancellationToken.None);
            return exchange is null ? refused! : _calls.Admit(call, exchange, state: null);
        }

        public Task<CallJudgement> JudgeAsync(PreparedCall call, string method = Method) => JudgeAsync(new IncomingCall(call.Token?.Encoded ?? default, call.Proof, method));

        /// <summary>The token in a message of Establish.</summary>
        public Task<CallJudgement> EstablishAsync(PreparedCall call) =>
            JudgeByTokenAsync(new IncomingCall(call.Token!.Encoded, call.Proof, Establish) { Connection = Connection, IsEstablish = true });

        /// <summary>It runs, and its answer proves the server.</summary>
        public async Task<AcceptedCall> RunsAsync(PreparedCall call)
        {
            var judgement = await JudgeAsync(call);
            Assert.True(judgement.Accepted is not null, judgement.Refused?.ToString());
            Assert.True(call.IsAnsweredBy(judgement.Accepted.Mic.Span, judgement.Accepted.ApRep));
            return judgement.Accepted;
        }

        /// <summary>It does not run, for exactly this cause; the refusal is proved where it must be.</summary>
        public async Task<RefusedCall> RefusesAsync(ApRejection cause, PreparedCall call, string method = Method)
        {
            var refused = (await JudgeAsync(call, method)).Refused;
            Assert.NotNull(refused);
            Assert.Equal(cause, refused.Cause);
            var answer = refused.Answer;
            if (cause is not (ApRejection.SessionUnknown or ApRejection.ProofWanted)) Assert.True(call.IsRefusedBy(answer.Mic.Span, answer.Name, answer.KrbError));
            return refused;
        }

        /// <summary>The call is asked to come again under the server's own subkey.</summary>
        public async Task<BoundSession> ProvesAsync(PreparedCall call)
        {
            var answer = (await RefusesAsync(ApRejection.ProofWanted, call)).Answer;
            Assert.Equal("PROVE", answer.Name);
            Assert.True(call.IsRepliedBy(answer.ApRep, out var reply));
            var bound = BoundSession.Of(_lab.Client, reply!, answer.Session!.Value);
            Assert.NotNull(bound);
            return bound;
        }
    }
}
