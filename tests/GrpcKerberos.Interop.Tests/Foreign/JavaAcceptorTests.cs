using GrpcKerberos.Interop.Tests.Gss;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;

namespace GrpcKerberos.Interop.Tests.Foreign;

/// <summary>Our tokens at Java's acceptor, and its KRB_AP_REP, which asserts no subkey, at our client.</summary>
[Collection(MitRealm.Collection)]
public sealed class JavaAcceptorTests(MitRealm realm)
{
    [JavaTheory]
    [InlineData("Gss")]
    [InlineData("Spnego")]
    public async Task Tokens_ToJavasAcceptor_AreTakenAndItsAnswerProvesIt(string framing)
    {
        Assert.Null(JavaTools.Missing);
        var ticket = await MitClient.TicketAsync(realm, "aes256-cts");
        using var session = new InitiatorSession(ticket, new AuthenticatorClock(TimeProvider.System), mutual: true);
        string[] arguments =
        [
            $"-Djava.security.krb5.conf={realm.Krb5Conf}", Path.Combine(MitTools.PeersFolder, "GssAccept.java"), realm.Keytab("et-aes256-cts"), $"et-aes256-cts/localhost@{MitRealm.Name}",
        ];
        await using var java = ForeignProcess.Start("java", arguments, timeout: TimeSpan.FromSeconds(180));
        var calls = Enumerable.Range(0, 2).Select(_ => session.Prepare("/a/b", TimeSpan.Zero, framing: Enum.Parse<TokenFraming>(framing))).ToArray();

        foreach (var call in calls)
        {
            await java.WriteLineAsync(Convert.ToHexString(call.Encoded.Span));
            var said = await java.ReadToAsync("reply");
            Assert.Equal($"alice@{MitRealm.Name}", said["initiator"]);
            ReadOnlyMemory<byte> token = said.Bytes("reply");
            if (token.Span[0] == 0xA1) token = Spnego.TryReadResponse(token, out var response, out var problem) ? response.ResponseToken : throw new InvalidDataException(problem);
            Assert.True(Protocol.ApExchange.Gss.GssFrame.TryUnwrap(token, out var reply, out var wrong), wrong);

            Assert.Equal(GssMessage.ApRep, reply.Kind);
            Assert.True(call.IsTimeRepliedBy(reply.Message, out var verified));
            Assert.Null(verified!.AcceptorSubkey);
            Assert.All(calls.Where(c => c != call), c => Assert.False(c.IsTimeRepliedBy(reply.Message, out _)));
        }
    }
}
