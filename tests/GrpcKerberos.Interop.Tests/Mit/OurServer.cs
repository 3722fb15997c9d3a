using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Our acceptor with a keytab of kadmin's: one server process, started when it is made.</summary>
internal sealed class OurServer
{
    public const string Method = "/greeter.v1.Greeter/SayHello";

    private readonly CallAcceptor _acceptor;
    private readonly Connection _connection;
    private readonly Keytab _keytab;

    /// <param name="realm">Whose keytab it has.</param>
    /// <param name="enctype">Of the service's only key.</param>
    /// <param name="portability">Of the connection that all calls come on.</param>
    /// <param name="channel">The TLS channel of that connection.</param>
    /// <param name="clock">The server's clock; null: the system's.</param>
    public OurServer(MitRealm realm, string enctype, Portability portability, ChannelBinding? channel = null, TimeProvider? clock = null)
    {
        var policy = new AcceptorPolicy();
        var time = clock ?? TimeProvider.System;
        var exchanges = new ApAcceptor(policy, new MemoryReplayCache(time), new AcceptorClock(time), new ProcessSecret());
        _acceptor = new CallAcceptor(exchanges, new SessionCache(64, policy.MaxClockSkew), MitClient.Service(enctype));
        _connection = new Connection(portability, channel is null ? [] : [channel]);
        _keytab = MitClient.ServiceKeytab(realm, enctype);
    }

    /// <summary>A token alone, whatever it comes to.</summary>
    public async Task<(CallJudgement Judgement, AcceptedExchange? Exchange)> ShowAsync(byte[] apReq)
    {
        var call = new IncomingCall(apReq, Proof: null, Method) { Connection = _connection };
        var (exchange, refused) = await _acceptor.JudgeByTokenAsync(call, _keytab, CancellationToken.None);
        return (refused is null ? _acceptor.Admit(call, exchange!, state: null) : refused, exchange);
    }

    /// <summary>A token alone: it must run nothing, and be told the session to come again under.</summary>
    public async Task<(AcceptedExchange Exchange, ProvedRefusal Answer)> EstablishAsync(byte[] apReq)
    {
        var (judgement, exchange) = await ShowAsync(apReq);
        Assert.Null(judgement.Accepted);
        Assert.Equal((ApRejection.ProofWanted, "PROVE"), (judgement.Refused!.Cause, judgement.Refused.Answer.Name));
        return (exchange!, judgement.Refused.Answer);
    }

    /// <summary>A call by its MIC alone.</summary>
    public CallJudgement Judge(SessionId id, KerberosTime time, in Mic mic, Connection? other = null) =>
        _acceptor.JudgeBySession(new CallProof(id, time, mic), Method, [], other ?? _connection);

    public void AssertRefuses(ApRejection cause, SessionId id, KerberosTime time, in Mic mic, Connection? other = null)
    {
        var judgement = Judge(id, time, mic, other);
        Assert.Null(judgement.Accepted);
        Assert.Equal(cause, judgement.Refused!.Cause);
    }
}
