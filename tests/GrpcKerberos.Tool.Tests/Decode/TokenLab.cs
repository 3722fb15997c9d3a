using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Tests.Testing;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tool.Tests.Decode;

/// <summary>A realm whose clock stands, a service in it, and tokens that a client would send to it.</summary>
internal sealed class TokenLab : IAsyncDisposable
{
    private TokenLab(TestRealm realm, ManualClock time)
    {
        Realm = realm;
        Time = time;
        Service = realm.AddService("HTTP/localhost");
        Alice = realm.AddUser("alice", o =>
        {
            o.Sid = "S-1-5-21-1-2-3-1104";
            o.GroupSids.Add("S-1-5-21-1-2-3-1105");
        });
    }

    public TestRealm Realm { get; }

    public ManualClock Time { get; }

    public TestAccount Service { get; }

    public TestAccount Alice { get; }

    public static async Task<TokenLab> StartAsync()
    {
        var time = new ManualClock();
        return new TokenLab(
            await TestRealm.StartAsync(configure: o =>
            {
                o.TimeProvider = time;
                o.EncryptionTypes.Add(EncryptionType.Aes256CtsHmacSha1);
            }),
            time);
    }

    public PreparedCall Prepare(TokenFraming framing = TokenFraming.ApReq, Action<TicketTemplate>? change = null)
    {
        var ticket = Realm.IssueTicket(Alice.Principal, Service.Principal, change);
        using var session = new InitiatorSession(ticket, new AuthenticatorClock(Time), mutual: true);
        return session.Prepare("/greet.Greeter/SayHello", TimeSpan.Zero, framing: framing);
    }

    /// <summary>The value of the authorization header of a first call.</summary>
    public string Header(Action<TicketTemplate>? change = null)
    {
        var call = Prepare(change: change);
        return new AuthorizationValue(call.Proof, call.Encoded).Format();
    }

    public Task<ToolRun> DecodeAsync(string token, params string[] more) => ToolRun.Of(["decode", token, .. more], Time);

    public async ValueTask DisposeAsync() => await Realm.DisposeAsync();
}
