using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

public sealed class OpenedAuthenticatorTests
{
    [Fact]
    public Task Open_Rc4SessionKeyInAnAesTicket_SessionKeyRefused() =>
        Lab.RefusesAsync(ApRejection.SessionKeyRefused, c => c.ChangeTicket(t => t.SealedSessionKey = new EncryptionKey(EncryptionType.Rc4Hmac, new byte[16])));

    [Fact]
    public Task Open_SessionKeyOfWrongLength_SessionKeyRefused() =>
        Lab.RefusesAsync(ApRejection.SessionKeyRefused, c => c.ChangeTicket(t => t.SealedSessionKey = new EncryptionKey(t.SessionKey.Type, new byte[15])));

    [Fact]
    public Task Open_SealedByAnotherKey_AuthenticatorIntegrity() =>
        Lab.RefusesAsync(ApRejection.AuthenticatorIntegrity, c => c.SealingKey = TicketSessionKey.Generate(c.Ticket.SessionKey.Type));

    [Fact]
    public Task Open_SealedForTheKdc_AuthenticatorIntegrity() =>
        Lab.RefusesAsync(ApRejection.AuthenticatorIntegrity, c => c.Usage = KeyUsage.TgsReqAuthenticator);

    [Fact]
    public Task Open_EncryptionTypeOfTheCipherChanged_AuthenticatorIntegrity() =>
        Lab.RefusesAsync(ApRejection.AuthenticatorIntegrity, c => c.ChangeMessage = m => m with { Authenticator = m.Authenticator with { Type = EncryptionType.Aes256CtsHmacSha1 } });

    [Theory]
    [MemberData(nameof(Lab.EncryptionTypes), MemberType = typeof(Lab))]
    public async Task Open_CipherOfEveryShortLength_AuthenticatorIntegrity(EncryptionType type)
    {
        for (var length = 0; length <= 64; length++)
        {
            var refusal = await new Lab(type).RefusalAsync(c => c.ChangeMessage = m => m with { Authenticator = m.Authenticator with { Cipher = m.Authenticator.Cipher[..length] } });
            Assert.Equal(ApRejection.AuthenticatorIntegrity, refusal.Cause);
        }
    }

    [Fact]
    public Task Open_NoAuthenticatorInside_AuthenticatorMalformed() =>
        Lab.RefusesAsync(ApRejection.AuthenticatorMalformed, c => c.ChangeAuthenticatorOctets = _ => [5, 5, 5]);

    [Fact]
    public Task Open_OctetsBehindTheAuthenticator_AuthenticatorMalformed() =>
        Lab.RefusesAsync(ApRejection.AuthenticatorMalformed, c => c.ChangeAuthenticatorOctets = octets => [.. octets, 0]);

    [Fact]
    public Task Open_Version6_WrongAuthenticatorVersion() =>
        Lab.RefusesAsync(ApRejection.WrongAuthenticatorVersion, c => c.Authenticator = c.Authenticator with { AuthenticatorVersion = 6 });
}
