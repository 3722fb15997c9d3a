using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>The JDK's own Kerberos: its login and ticket from the embedded KDC, its tokens and MICs against our acceptor.</summary>
public sealed class JavaTests
{
    [PeerTheory(Peer.Java)]
    [InlineData(17, false)]
    [InlineData(18, true)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public async Task Calls_OfJgss_RunOnceAndTheirAnswersVerifiedByIt(int type, bool serverBound)
    {
        await using var realm = await TestRealm.StartAsync(configure: o => o.EncryptionTypes.Add((EncryptionType)type));
        var service = realm.AddService("HTTP/localhost");
        var server = new OurServer(KeytabLoader.Load(service.Keytab), service.Principal, serverBound ? Portability.Never : Portability.Always);
        await using var peer = ForeignProcess.Start(
            PeerTools.Java17,
            ["-XX:TieredStopAtLevel=1", "-Djava.security.krb5.conf=" + realm.Krb5Config, Path.Combine(MitTools.PeersFolder, "JgssPeer.java"), realm.AddUser("alice").Keytab, $"alice@{realm.Name}", "HTTP@localhost"]);
        var token = await peer.ReadToAsync("token");

        var (exchange, answer) = await server.EstablishAsync(GssFrame.Unwrap(GssFrame.Request, token.Bytes("token")));
        await peer.WriteLineAsync(Convert.ToHexString(GssFrame.Wrap(GssFrame.Reply, answer.ApRep)));

        Assert.Equal(1, (await peer.ReadToAsync("ready")).Number("ready"));
        Assert.Equal((serverBound, type), (exchange.IsServerBound, (int)exchange.Keys.Type));
        for (var call = 0; call < 3; call++)
        {
            var time = MitClient.Now();
            var mic = await MitMics.SignAsync(peer, MitMics.OctetsOf(new CallInput(answer.Session!.Value, time, OurServer.Method, [], [])));
            var accepted = server.Judge(answer.Session.Value, time, mic).Accepted!;
            Assert.Equal($"alice@{realm.Name}", accepted.Session!.Client.ToString());
            await MitMics.AssertVerifiesAsync(peer, MitMics.OctetsOf(new ReplyInput(mic.Span, [])), accepted.Mic.ToArray());
            server.AssertRefuses(ApRejection.NumberRepeated, answer.Session.Value, time, mic);
        }
    }
}
