using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Shared;
using GrpcKerberos.Testing.Tickets;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>What an accept of a large ticket allocates, and each call of its session: nothing is copied that is not kept.</summary>
public sealed class PacAllocationTests
{
    private const int Groups = 1001;

    public static TheoryData<EncryptionType> KeyTypes => VerifiedPacTests.KeyTypes;

    [Fact]
    public void Verify_ManyGroups_AllocatesFourOctetsAGroup()
    {
        var lab = new PacLab();
        lab.Template.Logon!.Groups = [.. Enumerable.Range(513, Groups).Select(static n => ((uint)n, TestLogonInfo.Enabled))];
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);

        Assert.InRange(Allocated.Least(() => lab.Verify(pac, ticket)), 4 * Groups, (4 * Groups) + 1250);
    }

    /// <summary>The platform's HMAC, which takes in what is long where SHA-2 is asked for, has a handle.</summary>
    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void SessionId_OfALargeTicket_CopiesNothing(EncryptionType type)
    {
        using var key = Subkey.Generate(type);
        var ticket = new byte[8 * Groups];

        Assert.InRange(Allocated.Least(() => SessionId.Derive(key, ticket)), 0, 256);
    }

    [Fact]
    public void PrepareKnown_OfASession_AllocatesOneObject()
    {
        const string Service = "HTTP/orders@TEST.LOCAL";
        var tickets = new TestTickets(new TestKeys().Add(Service, 1, EncryptionType.Aes256CtsHmacSha1));
        using var session = new InitiatorSession(tickets.IssueTicket("alice@TEST.LOCAL", Service), new AuthenticatorClock(TimeProvider.System), mutual: true);

        Assert.InRange(Allocated.Least(() => session.PrepareKnown("/a.B/C", TimeSpan.Zero)), 1, 176);
    }
}
