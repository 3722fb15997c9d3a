using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>A ticket of alice with a PAC in it, good unless the test changes it.</summary>
internal sealed class PacLab(EncryptionType type = EncryptionType.Aes256CtsHmacSha1)
{
    private static readonly KerberosTime s_authTime = new(new DateTimeOffset(2026, 11, 22, 11, 15, 2, TimeSpan.Zero));

    public LongTermKey Key { get; } = LongTermKey.Generate(type);

    public TestPac Template { get; } = new();

    public EncTicketPart Ticket { get; set; } = new(
        TicketFlags.PreAuthent,
        new EncryptionKey(EncryptionType.Aes256CtsHmacSha1, new byte[32]),
        KerberosPrincipal.Parse("alice@CORP.EXAMPLE"),
        TransitedEncoding.None,
        s_authTime,
        null,
        s_authTime + TimeSpan.FromHours(10));

    public static PacFault? FaultOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (PacException e)
        {
            return e.Fault;
        }
    }

    /// <summary>The base passes, and passes no more once changed: refused for exactly this fault.</summary>
    public static void Refuses(PacFault fault, Action<PacLab> change, bool withKdcKey = false)
    {
        new PacLab().Verify(withKdcKey);
        var lab = new PacLab();
        change(lab);
        Assert.Equal(fault, FaultOf(() => lab.Verify(withKdcKey)));
    }

    /// <summary>The ticket with its PAC.</summary>
    public EncTicketPart Issue() => Template.PutInto(Ticket, Key);

    public static byte[] PacOf(EncTicketPart ticket) => AuthorizationData.DecodeList(ticket.AuthorizationData![0].Data)[0].Data.ToArray();

    public VerifiedPac Verify(bool withKdcKey = false)
    {
        var ticket = Issue();
        return Verify(PacOf(ticket), ticket, withKdcKey);
    }

    public VerifiedPac Verify(byte[] pac, EncTicketPart ticket, bool withKdcKey = false) =>
        VerifiedPac.Verify(pac, ticket, Key, "CORP.EXAMPLE", withKdcKey ? [LongTermKey.Generate(EncryptionType.Aes128CtsHmacSha256), Template.KdcKey] : []);
}
