using System.Security.Cryptography;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>One right reply and one change to it, for AS and TGS alike.</summary>
public sealed class KdcReplyTests
{
    private static readonly KerberosPrincipal Mallory = KerberosPrincipal.Parse("mallory@TEST.LOCAL");

    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;

    public KdcReplyTests() => _kdc = new FakeKdc(_time);

    public static IEnumerable<object[]> Replies => [[MessageType.AsRep], [MessageType.TgsRep]];

    [Theory]
    [MemberData(nameof(Replies))]
    internal async Task GetAsync_RightReplies_TicketAsTheSealedPartHasIt(MessageType reply)
    {
        _kdc.Changed = reply;
        var ticket = await GetAsync();
        Assert.Equal(FakeKdc.Alice, ticket.Client);
        Assert.Equal(FakeKdc.Service, ticket.Service);
        Assert.Equal(EncryptionType.Aes256CtsHmacSha384, ticket.SessionKey.Type);
        Assert.Equal(new KerberosTime(_time.GetUtcNow() + TimeSpan.FromHours(10)), ticket.Ends);
    }

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_OtherNonce_Refused(MessageType reply) =>
        RefusedAsync(reply, "its nonce is not the request's", () => _kdc.Part = static p => p with { Nonce = p.Nonce ^ 1 });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_OtherClient_Refused(MessageType reply) =>
        RefusedAsync(reply, "another client than alice@TEST.LOCAL", () => _kdc.Rep = static r => r with { Client = Mallory });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_ClientOfOtherRealm_Refused(MessageType reply) =>
        RefusedAsync(reply, "another client than", () => _kdc.Rep = static r => r with { Client = KerberosPrincipal.Parse("alice@EVIL.LOCAL") });

    [Theory]
    [InlineData(MessageType.AsRep, "HTTP/evil.test.local@TEST.LOCAL")]
    [InlineData(MessageType.AsRep, "krbtgt/EVIL.LOCAL@TEST.LOCAL")]
    [InlineData(MessageType.AsRep, "krbtgt/test.local@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "ldap/orders.test.local@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "HTTP@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "alice@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "HTTP/orders.test.local/TEST.LOCAL@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "krbtgt/TEST.LOCAL@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "krbtgt/EVIL.LOCAL/X@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "krbtgt/EVIL\\nLOCAL@TEST.LOCAL")]
    internal Task Verify_OtherServiceInSealedPart_Refused(MessageType reply, string name) =>
        RefusedAsync(reply, "another service than", () => _kdc.Part = p => p with { Service = KerberosPrincipal.Parse(name) });

    [Theory]
    [InlineData("HTTP/node7.test.local@TEST.LOCAL")]
    [InlineData("http/Orders.test.local@TEST.LOCAL")]
    public async Task Verify_ProperNameOfAnAlias_TicketUnderTheSealedName(string name)
    {
        _kdc.Changed = MessageType.TgsRep;
        var proper = KerberosPrincipal.Parse(name);
        _kdc.Part = p => p with { Service = proper };
        _kdc.Rep = r => r with { Ticket = new Ticket(proper.Realm, proper.Name, r.Ticket.EncPart) };
        Assert.Equal(name, (await GetAsync()).Service.ToString());
    }

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_ServiceOfOtherRealm_Refused(MessageType reply) =>
        RefusedAsync(reply, "another service than", () => _kdc.Part = static p => p with { Service = new KerberosPrincipal(p.Service.Name, "EVIL.LOCAL") });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_TicketOfOtherRealm_Refused(MessageType reply) =>
        RefusedAsync(reply, "its ticket is of another realm", () => _kdc.Rep = static r => r with { Ticket = new Ticket("EVIL.LOCAL", r.Ticket.ServiceName, r.Ticket.EncPart) });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_SessionKeyOfTypeNotOffered_Refused(MessageType reply) =>
        RefusedAsync(reply, "it uses arcfour-hmac, which was not offered", () => _kdc.Part = static p => p with { Key = new EncryptionKey(EncryptionType.Rc4Hmac, new byte[16]) });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_SessionKeyTooShort_Refused(MessageType reply) =>
        RefusedAsync(reply, "wrong length", () => _kdc.Part = static p => p with { Key = new EncryptionKey(p.Key.Type, p.Key.Value[1..]) });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_ReplyOfTypeNotOffered_Refused(MessageType reply) => RefusedAsync(
        reply, "it uses arcfour-hmac, which was not offered", () => _kdc.Rep = static r => r with { EncPart = r.EncPart with { Type = EncryptionType.Rc4Hmac } });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_TicketEnded_Refused(MessageType reply) => RefusedAsync(
        reply, "its ticket ended", () => _kdc.Part = static p => p with { StartTime = p.Starts - TimeSpan.FromHours(2), EndTime = p.Starts - TimeSpan.FromHours(1) });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_TicketEndsBeforeItStarts_Refused(MessageType reply) =>
        RefusedAsync(reply, "the ticket ends before it starts", () => _kdc.Part = static p => p with { EndTime = p.Starts });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_TicketStartsLater_Refused(MessageType reply) =>
        RefusedAsync(reply, "its ticket starts", () => _kdc.Part = static p => p with { StartTime = p.Starts + TimeSpan.FromMinutes(6) });

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Verify_SealedPartMalformed_Refused(MessageType reply) =>
        RefusedAsync(reply, "in its sealed part", () => _kdc.Plaintext = static bytes => bytes[..^1]);

    [Theory]
    [InlineData(MessageType.AsRep, "it is not sealed with the key of alice@TEST.LOCAL")]
    [InlineData(MessageType.TgsRep, "it is sealed with neither our subkey nor")]
    internal Task Verify_SealedWithAnotherKey_Refused(MessageType reply, string text) =>
        RefusedAsync(reply, text, () => _kdc.SealWith = static key => LongTermKey.Generate(key.Type));

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Decode_Garbage_Refused(MessageType reply) =>
        RefusedAsync(reply, "dc1.test.local:88 answered with something that is no Kerberos reply", () => _kdc.Bytes = static bytes => RandomNumberGenerator.GetBytes(bytes.Length));

    [Theory]
    [MemberData(nameof(Replies))]
    internal Task Decode_OtherMessageType_Refused(MessageType reply) => RefusedAsync(
        reply, "answered with something that is no Kerberos reply",
        () => _kdc.Rep = static r => r with { Type = r.Type == MessageType.AsRep ? MessageType.TgsRep : MessageType.AsRep });

    [Theory]
    [MemberData(nameof(Replies))]
    internal async Task Decode_EveryTruncation_Refused(MessageType reply)
    {
        _kdc.Changed = reply;
        var length = 0;
        _kdc.Bytes = bytes => bytes[..(length = bytes.Length)];
        await GetAsync();
        for (var i = 0; i < length - 1; i++)
        {
            _kdc.Bytes = bytes => bytes[..i];
            var e = await Assert.ThrowsAsync<KerberosException>(GetAsync);
            Assert.Equal(KerberosError.KdcRefused, e.Error);
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    internal async Task Verify_EveryOctetChanged_RefusedOrUnprotected(MessageType reply)
    {
        _kdc.Changed = reply;
        var length = 0;
        _kdc.Bytes = bytes => bytes[..(length = bytes.Length)];
        await GetAsync();
        for (var i = 0; i < length; i++)
        {
            _kdc.Bytes = bytes =>
            {
                if (i < bytes.Length) bytes[i] ^= 0x41;
                return bytes;
            };
            // Names and kvno of the ticket are plaintext that nothing protects; whatever else happens, it is this exception.
            var e = await Record.ExceptionAsync(GetAsync);
            Assert.True(e is null or KerberosException, $"octet {i}: {e}");
        }
    }

    [Fact]
    public async Task GetServiceTicketAsync_ReplyUnderSessionKeyUsage8_Read()
    {
        _kdc.SealsWithSessionKey = true;
        Assert.Equal(FakeKdc.Service, (await GetAsync()).Service);
    }

    private async Task RefusedAsync(MessageType reply, string text, Action change)
    {
        _kdc.Changed = reply;
        await GetAsync();
        change();
        var e = await Assert.ThrowsAsync<KerberosException>(GetAsync);
        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains("Next: ", e.Message, StringComparison.Ordinal);
    }

    private async Task<ServiceTicket> GetAsync()
    {
        var client = FakeKdc.ClientOf(_kdc, _time);
        using var source = new TicketSource(_kdc.Login(client), client, _time);
        return await source.GetAsync(FakeKdc.Service, CancellationToken.None);
    }
}
