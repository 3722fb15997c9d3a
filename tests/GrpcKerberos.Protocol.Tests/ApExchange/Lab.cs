using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>A client, a service and a clock. What the client sends is good unless the test changes it.</summary>
internal sealed class Lab
{
    public const string Client = "alice@TEST.LOCAL";
    public const string Service = "HTTP/orders@TEST.LOCAL";

    /// <summary>Another name on the very keys of <see cref="Service"/>, as an account in Active Directory has.</summary>
    public const string Alias = "host/orders@TEST.LOCAL";

    /// <summary>Another service, with keys of its own.</summary>
    public const string Other = "HTTP/billing@TEST.LOCAL";

    private readonly TestTickets _tickets;

    public Lab(EncryptionType type = EncryptionType.Aes256CtsHmacSha384, AcceptorPolicy? policy = null, IReplayCache? replayCache = null)
    {
        Keys = new TestKeys().Add(Service, 1, type).Add(Service, 2, type).Add(Other, 1, type);
        foreach (var kvno in new uint[] { 1, 2 }) Keys.Add(Principal(Alias), kvno, Keys.Find(Principal(Service), type, kvno).Key!);
        _tickets = new TestTickets(Keys, Time);
        Acceptor = new ApAcceptor(policy ?? new AcceptorPolicy(), replayCache ?? new MemoryReplayCache(Time), new AcceptorClock(Time), new ProcessSecret());
        // An authenticator must be later than the acceptor's start.
        Time.Advance(TimeSpan.FromMinutes(1));
        Keytab = Keys.Keytab;
    }

    public static TheoryData<EncryptionType> EncryptionTypes { get; } =
    [
        EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384,
    ];

    public TestKeys Keys { get; }

    public LabTime Time { get; } = new();

    public ApAcceptor Acceptor { get; }

    public Keytab Keytab { get; set; }

    public static KerberosPrincipal Principal(string text) => KerberosPrincipal.Parse(text);

    /// <summary>The base passes, and passes no more once changed: refused for exactly this cause.</summary>
    public static async Task RefusesAsync(ApRejection cause, Action<CallTemplate> change, AcceptorPolicy? policy = null, Action<CallTemplate>? baseChange = null)
    {
        await new Lab(policy: policy).AcceptsAsync(baseChange);
        var refusal = await new Lab(policy: policy).RefusalAsync(baseChange + change);
        Assert.Equal(cause, refusal.Cause);
    }

    public ServiceTicket Ticket(Action<TicketTemplate>? change = null) => _tickets.IssueTicket(Client, Service, change);

    public CallTemplate Template() => new(this);

    public IncomingCall Call(Action<CallTemplate>? change = null)
    {
        var template = Template();
        change?.Invoke(template);
        return template.Build();
    }

    public ValueTask<Step<AcceptedExchange>> JudgeAsync(IncomingCall call) => Acceptor.AcceptAsync(call, Keytab, CancellationToken.None);

    public async Task<AcceptedExchange> AcceptsAsync(Action<CallTemplate>? change = null) => await AcceptsAsync(Call(change));

    public async Task<AcceptedExchange> AcceptsAsync(IncomingCall call)
    {
        var passed = (await JudgeAsync(call)).Passed(out var accepted, out var refusal);
        Assert.True(passed, refusal?.ToString());
        return accepted!;
    }

    public async Task<ApRefusal> RefusalAsync(Action<CallTemplate> change) => await RefusalAsync(Call(change));

    public async Task<ApRefusal> RefusalAsync(IncomingCall call)
    {
        var passed = (await JudgeAsync(call)).Passed(out _, out var refusal);
        Assert.False(passed, "The call was accepted.");
        return refusal!;
    }
}
