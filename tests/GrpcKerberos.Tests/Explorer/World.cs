using System.Globalization;
using Grpc.Core;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One client process, the replicas of one service, and the wire between them, all on one thread and one time.</summary>
internal sealed class World : IDisposable
{
    public const string Realm = "TEST.LOCAL";
    public const string Alice = "alice@" + Realm;
    public const string Mallory = "mallory@" + Realm;

    private static readonly TestKeys s_keys = new TestKeys().Add($"HTTP/svc.test@{Realm}", 1, EncryptionType.Aes256CtsHmacSha1);

    private readonly DateTimeOffset _began;
    private readonly List<string> _trace = [];
    private readonly HandScheduler _scheduler = new();
    private readonly Dictionary<Link, Replica> _connected = [];
    private readonly ExplorerTickets _tickets;
    private readonly Dictionary<Link, CallInvoker> _channels = [];

    public World(Setting setting, int seed)
    {
        Setting = setting;
        Random = new Random(seed);
        _began = Time.GetUtcNow();
        Ledger = new Ledger(this);
        Replicas = [.. setting.Replicas.Select((_, i) => setting.Fault == Fault.None ? new Replica(this, i) : new FaultyReplica(this, i, setting.Fault))];
        foreach (var replica in Replicas) replica.Restart();
        Advance(TimeSpan.FromSeconds(setting.StrictStart ? Setting.Skew.TotalSeconds + 1 : 1));
        var clock = new MachineTime(Time, setting.Client * Setting.Skew);
        _tickets = new ExplorerTickets(s => Issue(Alice, s));
        var settings = new ClientSettings
        {
            TimeProvider = clock,
            Scheduler = _scheduler,
            RequireServerBoundSessions = setting.RequireServerBound,
            EstablishFirst = setting.EstablishFirst,
        };
        Client = new KerberosClient(settings, _tickets, new ClientLog(NullLogger.Instance));
        var interceptor = new KerberosClientInterceptor(Client);
        foreach (var link in setting.Links) _channels.Add(link, new MemoryInvoker(this, link).WithKerberos(interceptor));
        Thief = new InitiatorSession(Issue(Mallory, Service), new AuthenticatorClock(Time), mutual: true);
    }

    public static KerberosPrincipal Service { get; } = KerberosPrincipal.Parse($"HTTP/svc.test@{Realm}");

    public Setting Setting { get; private set; }

    public Random Random { get; }

    public ManualTime Time { get; } = new();

    public Keytab Keytab { get; } = s_keys.Keytab;

    public Crowd Crowd { get; } = new();

    public Ledger Ledger { get; }

    public Replica[] Replicas { get; }

    public KerberosClient Client { get; }

    /// <summary>The session of another principal, who listens and has a ticket of his own.</summary>
    public InitiatorSession Thief { get; }

    public List<AppCall> Calls { get; } = [];

    public List<Flight> Flights { get; } = [];

    public List<Return> Returns { get; } = [];

    public List<Packet> Captured { get; } = [];

    public List<Reply> CapturedReplies { get; } = [];

    public TimeSpan Elapsed => Time.GetUtcNow() - _began;

    public IReadOnlyList<string> Lines => _trace;

    public bool IsQuiet => Flights.Count == 0 && Returns.Count == 0;

    public static string UrlOf(Link link, string service) => $"{(link == Link.Tls ? "https" : "http")}://svc.test/{service}";

    public void Trace(string line) => _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,10:0.000} {line}"));

    public T Pick<T>(IReadOnlyList<T> list) => list[Random.Next(list.Count)];

    public void Advance(TimeSpan by)
    {
        Time.Advance(by);
        Turn();
    }

    /// <summary>From now on everything arrives as it was sent, at one replica.</summary>
    public void LeaveAlone() => Setting = Setting with { Replays = false, Forges = false, Retries = false, Sticky = true };

    /// <summary>Runs what waits for a thread.</summary>
    public void Turn() => _scheduler.RunAll();

    /// <summary>A task of ours that must not fail.</summary>
    public void Watch(Task task) => _ = task.ContinueWith(
        t => Ledger.Violate("an exception escapes", t.Exception!.InnerException!.ToString()),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    public AppCall? FindCall(string? id) => id is null ? null : Calls[int.Parse(id, CultureInfo.InvariantCulture)];

    public AppCall StartCall(Link link, MethodType shape, Attempts attempts)
    {
        var call = new AppCall(Calls.Count, shape, link, attempts, Elapsed);
        Calls.Add(call);
        Trace($"call {call.Id}: {shape} over {link}, {attempts}");
        call.Result = CallMaker.MakeAsync(_channels[link], call);
        _ = call.Result.ContinueWith(
            t =>
            {
                call.Ended = Elapsed;
                Trace($"call {call.Id} ends with {call.Outcome}");
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        Turn();
        return call;
    }

    /// <summary>An attempt of the client's goes out.</summary>
    public void Send(WireCall wire, string header, byte[] body, bool isResend)
    {
        Unit? unit = null;
        if (wire.App is { } app && AuthorizationValue.TryParse(header, out var value, out _))
            unit = app.UnitOf(value.Proof!.Value.Number!.Value, isResend, wire.Link == Link.Clear || Setting.RequireServerBound);
        if (isResend && Setting.Fault == Fault.RenumbersResends) header = Renumbered(wire);
        var packet = new Packet(Captured.Count, unit, header, wire.Method.FullName, body, wire.Link, Elapsed, Alice) { Source = wire };
        Captured.Add(packet);
        var to = ReplicaFor(wire.Link);
        Trace($"client sends {packet}{(isResend ? " again" : "")} to {to.Name}");
        Flights.Add(new Flight(packet, to));
    }

    /// <summary>The channel's next calls go to another replica.</summary>
    public void Reconnect(Link link)
    {
        _connected[link] = Pick(Replicas);
        Trace($"{link} connects to {_connected[link].Name}");
    }

    /// <summary>The session that a link's calls have now.</summary>
    public TicketSession SessionOf(Link link) => Client.Resolve(UrlOf(link, CallMaker.Service), CallMaker.Service).SessionFor(_tickets.Get(Service));

    /// <summary>Shows a replica something, whoever does.</summary>
    public Reply Show(string who, Replica replica, string header, string method, ReadOnlyMemory<byte> body, Link link, Packet? proof)
    {
        Reply reply;
        try
        {
            (reply, var ran) = replica.Receive(header, method, body, link);
            Trace($"{who} -> {replica.Name}, process {replica.Incarnation}, {method} over {link}: {(ran is null ? "" : "runs, ")}{reply}");
            if (ran is not null) Ledger.Ran(proof, ran, method, replica);
        }
#pragma warning disable CA1031 // whatever it is, it must not escape
        catch (Exception e)
#pragma warning restore CA1031
        {
            Ledger.Violate("an exception escapes the acceptor", e.ToString());
            reply = Reply.Broken;
        }

        CapturedReplies.Add(reply);
        if (replica.Sessions.Count > Replica.Capacity) Ledger.Violate("more sessions than there is room for", replica.Name);
        return reply;
    }

    public void Dispose() => _tickets.Dispose();

    private Replica ReplicaFor(Link link)
    {
        if (!Setting.Sticky) return Pick(Replicas);
        if (!_connected.ContainsKey(link)) Reconnect(link);
        return _connected[link];
    }

    private string Renumbered(WireCall wire)
    {
        var call = SessionOf(wire.Link).Origin.Prepare(wire.Method.FullName, TimeSpan.Zero);
        return new AuthorizationValue(call.Proof, call.Token!.Encoded).Format();
    }

    private ServiceTicket Issue(string client, KerberosPrincipal service) =>
        new TestTickets(s_keys, Time) { Lifetime = TimeSpan.FromDays(300) }.IssueTicket(KerberosPrincipal.Parse(client), service);
}
