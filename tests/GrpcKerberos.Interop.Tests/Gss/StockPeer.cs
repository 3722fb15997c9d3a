using Greeter.V1;
using Google.Protobuf;
using Grpc.Core;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Interop.Tests.Gss;

/// <summary>A GSS-API context in a foreign process, and the calls it proves at a server of ours: all we do here is to carry octets.</summary>
internal sealed class StockPeer : IAsyncDisposable
{
    private static readonly Method<byte[], byte[]> s_establish = Raw("/grpckerberos.v1.SessionService/Establish");

    private readonly GreeterHost _host;
    private readonly ForeignProcess _process;
    private SessionId _session;

    private StockPeer(GreeterHost host, ForeignProcess process, byte[] token) => (_host, _process, Token) = (host, process, token);

    /// <summary>The context's first token.</summary>
    public byte[] Token { get; }

    /// <summary>What its MICs cover of the TLS channel.</summary>
    public byte[] Binding { get; init; } = [];

    public static async Task<StockPeer> MitAsync(MitRealm realm, GreeterHost host, string service, string[] options, byte[]? binding = null)
    {
        string[] bound = binding is null ? [] : ["cb=" + Convert.ToHexString([.. "tls-server-end-point:"u8, .. binding])];
        var process = realm.Start("gsspeer", ["init", service, .. options, .. bound], cache: await realm.KinitAsync("alice"));
        return new StockPeer(host, process, (await process.ReadToAsync("token")).Bytes("token")) { Binding = binding ?? [] };
    }

    public static async Task<StockPeer> JavaAsync(MitRealm realm, GreeterHost host, string service, string[] options)
    {
        var classes = await JavaTools.ClassesAsync(realm);
        var cache = await realm.KinitAsync("alice");
        var process = ForeignProcess.Start("java", ["-cp", classes, "-XX:TieredStopAtLevel=1", "-Djava.security.krb5.conf=" + realm.Krb5Conf, "GssPeer", "init", cache, service, .. options]);
        return new StockPeer(host, process, (await process.ReadToAsync("token")).Bytes("token"));
    }

    /// <summary>Shows its token in the header.</summary>
    public async Task<StockOutcome> ShowAsync() => await SendAsync("Negotiate " + Convert.ToBase64String(Token));

    /// <summary>Takes PROVE's answer in, in its own framing, and is ready.</summary>
    public async Task ProveAsync()
    {
        var outcome = await ShowAsync();
        Assert.Equal("PROVE", outcome.Refusal?.Error);
        _session = outcome.Refusal!.Session!.Value;
        await TakeAsync(outcome.Negotiate);
    }

    /// <summary>The same by Establish: token, session and end in its message, no header at all.</summary>
    public async Task EstablishAsync()
    {
        var call = _host.Channel.CreateCallInvoker().AsyncUnaryCall(s_establish, null, default, new EstablishRequest { Token = ByteString.CopyFrom(Token) }.ToByteArray());
        var answer = EstablishResponse.Parser.ParseFrom(await call.ResponseAsync);
        Assert.True(SessionId.TryRead(answer.Session.Span, out _session));
        Assert.True(answer.Ends.ToDateTimeOffset() > TimeProvider.System.GetUtcNow());
        await TakeAsync(answer.Token.ToByteArray());
    }

    /// <summary>A call by get_mic; verify_mic over its answer.</summary>
    public async Task CallAsync()
    {
        var now = MitClient.Now();
        var mic = await MitMics.SignAsync(_process, MitMics.OctetsOf(new CallInput(_session, now, OurServer.Method, Binding, [])));
        var header = new AuthorizationValue(new CallProof(_session, now, mic), default).Format();
        var outcome = await SendAsync(header);
        Assert.Equal(MitClient.Alice.ToString(), outcome.Reply?.Principal);
        Assert.True(AnswerValue.TryParse(outcome.Info, out var answer));
        await MitMics.AssertVerifiesAsync(_process, MitMics.OctetsOf(new ReplyInput(mic.Span, [])), answer.Mic.ToArray());
        Assert.Equal("REPEAT", (await SendAsync(header)).Refusal?.Error);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task TakeAsync(byte[]? answer)
    {
        // Where nothing came, the context is whole already.
        if (answer is { Length: > 0 }) await _process.WriteLineAsync(Convert.ToHexString(answer));
        var said = await _process.ReadToAsync("ready");
        Assert.False(said.Has("error"), said.ToString());
        Assert.False(said.Has("token"));
    }

    private async Task<StockOutcome> SendAsync(string authorization)
    {
        using var call = new Greeter.V1.Greeter.GreeterClient(_host.Channel).SayHelloAsync(new HelloRequest { Name = "x" }, new Metadata { { "authorization", authorization } });
        HelloReply? reply = null;
        try
        {
            reply = await call;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
        {
        }

        var headers = await call.ResponseHeadersAsync;
        var challenges = headers.GetAll("www-authenticate").Select(static e => e.Value).ToList();
        var ours = challenges.SingleOrDefault(static c => c.StartsWith("Kerberos ", StringComparison.Ordinal));
        return new StockOutcome(reply, RefusalValue.TryParse(ours, out var refusal) ? refusal : null, headers.GetValue("authentication-info"))
        {
            Negotiate = challenges.SingleOrDefault(static c => c.StartsWith("Negotiate ", StringComparison.Ordinal)) is { } n ? Convert.FromBase64String(n["Negotiate ".Length..]) : null,
        };
    }

    private static Method<byte[], byte[]> Raw(string path)
    {
        var octets = Marshallers.Create(static (byte[] b) => b, static b => b);
        var slash = path.LastIndexOf('/');
        return new Method<byte[], byte[]>(MethodType.Unary, path[1..slash], path[(slash + 1)..], octets, octets);
    }

    internal sealed record StockOutcome(HelloReply? Reply, RefusalValue? Refusal, string? Info)
    {
        public byte[]? Negotiate { get; init; }
    }
}
