using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

public sealed class HeldTicketTests
{
    /// <summary>Life, and how long before its end a ticket is renewed and no longer handed out, in seconds.</summary>
    [Theory]
    [InlineData(36_000, 7_200, 10)]
    [InlineData(1_800, 360, 10)]
    [InlineData(1_200, 300, 10)]
    [InlineData(600, 300, 10)]
    [InlineData(240, 120, 10)]
    [InlineData(30, 15, 3)]
    public void HeldTicket_OfALife_RenewedAFifthOrFiveMinutesBeforeTheEndButNotBeforeTheMiddle(int life, int renewed, int withheld)
    {
        var start = new KerberosTime(new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.Zero));
        var end = start + TimeSpan.FromSeconds(life);
        var sealedPart = new EncryptedData(EncryptionType.Aes256CtsHmacSha1, 1, new byte[32]);
        using var key = TicketSessionKey.Generate(EncryptionType.Aes256CtsHmacSha1);
        var ticket = new ServiceTicket(
            FakeKdc.Alice, FakeKdc.Service, new Ticket(FakeKdc.Service.Realm, FakeKdc.Service.Name, sealedPart), key, TicketFlags.None, start, start, end);
        var held = new HeldTicket(ticket, TimeSpan.FromSeconds(10));
        Assert.Equal((renewed, withheld), ((end - held.RenewFrom).TotalSeconds, (end - held.UsableUntil).TotalSeconds));
    }
}
