using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Testing;

public sealed class TestTicketsTests
{
    private const string Service = "HTTP/a.test@TEST.LOCAL";

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(19)]
    [InlineData(20)]
    public void IssueTicket_Unchanged_OpensWithTheKeytab(int type)
    {
        var keys = new TestKeys().Add(Service, 3, (EncryptionType)type);

        var opened = Open(keys, Request(keys));

        Assert.Equal("alice@TEST.LOCAL", opened.Content.Client.ToString());
        Assert.Equal(3u, opened.OpenedBy.KeyVersion);
        Assert.Equal((EncryptionType)type, opened.Content.Key.Type);
    }

    [Fact]
    public void IssueTicket_SealingKeyOfAnother_PlaintextStaysAndItDoesNotOpen()
    {
        var keys = new TestKeys().Add(Service, 3);
        var other = new TestKeys().Add(Service, 3).Find(KerberosPrincipal.Parse(Service)).Key!;
        Assert.NotNull(Open(keys, Request(keys)));

        var request = Request(keys, t => t.SealingKey = other);

        var received = Receive(request);
        Assert.Equal(3u, received.Message.Ticket.EncPart.KeyVersion);
        Assert.False(OpenedTicket.Open(received, keys.Keytab, new AcceptorPolicy(), Now).Passed(out _, out _));
    }

    [Fact]
    public void UseKey_OldVersion_SealsWithItAndSaysSo()
    {
        var keys = new TestKeys().Add(Service, 1).Add(Service, 2);

        var opened = Open(keys, Request(keys, t => t.UseKey(EncryptionType.Aes128CtsHmacSha256, 1)));

        Assert.Equal(2u, Open(keys, Request(keys)).OpenedBy.KeyVersion);
        Assert.Equal((1u, EncryptionType.Aes128CtsHmacSha256), (opened.OpenedBy.KeyVersion, opened.OpenedBy.Type));
    }

    private static KerberosTime Now => new(TimeProvider.System.GetUtcNow());

    private static ReadOnlyMemory<byte> Request(TestKeys keys, Action<TicketTemplate>? change = null)
    {
        var ticket = new TestTickets(keys).IssueTicket("alice@TEST.LOCAL", Service, change);
        return PreparedApReq.Prepare(ticket, Now, new ApReqContent()).Encoded;
    }

    private static ReceivedApReq Receive(ReadOnlyMemory<byte> request)
    {
        Assert.True(ReceivedApReq.Parse(new IncomingCall(request, null, "/a/B"), new AcceptorPolicy()).Passed(out var received, out _));
        return received;
    }

    private static OpenedTicket Open(TestKeys keys, ReadOnlyMemory<byte> request)
    {
        Assert.True(OpenedTicket.Open(Receive(request), keys.Keytab, new AcceptorPolicy(), Now).Passed(out var opened, out var refusal), refusal?.ToString());
        return opened;
    }
}
