using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class ReceivedApReqTests
{
    [Fact]
    public async Task Parse_TokenOverTheCap_TooLarge()
    {
        var policy = new AcceptorPolicy { MaxTokenBytes = 1024 };
        await new Lab(policy: policy).AcceptsAsync();
        var huge = new byte[600];
        var refusal = await new Lab(policy: policy).RefusalAsync(c =>
            c.Authenticator = c.Authenticator with { AuthorizationData = [AuthorizationData.IfRelevant(new AuthorizationData((AuthorizationDataType)999, huge))] });
        Assert.Equal(ApRejection.TooLarge, refusal.Cause);
    }

    [Fact]
    public Task Parse_OctetsBehindTheMessage_Malformed() => Lab.RefusesAsync(ApRejection.Malformed, c => c.ChangeToken = token => [.. token, 0]);

    [Fact]
    public Task Parse_IndefiniteLength_Malformed() =>
        Lab.RefusesAsync(ApRejection.Malformed, c => c.ChangeToken = token => [token[0], 0x80, .. token[4..], 0, 0]);

    [Fact]
    public Task Parse_AnotherApplicationTag_Malformed() => Lab.RefusesAsync(ApRejection.Malformed, c => c.ChangeToken = token => [0x6F, .. token[1..]]);

    [Fact]
    public Task Parse_EmptyToken_Malformed() => Lab.RefusesAsync(ApRejection.Malformed, c => c.ChangeToken = _ => []);

    [Fact]
    public Task Parse_Pvno4_WrongVersion() => Lab.RefusesAsync(ApRejection.WrongVersion, c => c.ChangeMessage = m => m with { ProtocolVersion = 4 });

    [Fact]
    public Task Parse_MessageTypeOfApRep_WrongMessageType() => Lab.RefusesAsync(ApRejection.WrongMessageType, c => c.ChangeMessage = m => m with { Type = 15 });

    [Fact]
    public Task Parse_TicketVersion4_WrongTicketVersion() => Lab.RefusesAsync(ApRejection.WrongTicketVersion, c => c.ChangeTicket(t => t.TicketVersion = 4));

    [Fact]
    public Task Parse_UseSessionKey_UserToUser() =>
        Lab.RefusesAsync(ApRejection.UserToUser, c => c.ChangeMessage = m => m with { Options = m.Options | ApOptions.UseSessionKey });
}
