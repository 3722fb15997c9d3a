using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>What a service's key alone cannot tell, and the key of krbtgt can.</summary>
public sealed class KdcSignaturesTests
{
    /// <summary>Whoever holds the service's key signs what he likes with it; the KDC's signatures he cannot make.</summary>
    [Theory]
    [InlineData(7u)]
    [InlineData(16u)]
    [InlineData(19u)]
    public void Verify_SignatureOfTheKdcAbsent_SignatureWhereTheKeyIsGiven(uint type)
    {
        static void Drop(PacLab lab, uint type) => lab.Template.ChangeElements = e => e.RemoveAll(x => x.Type == type);

        PacLab.Refuses(PacFault.Signature, lab => Drop(lab, type), withKdcKey: true);
        var without = new PacLab();
        Drop(without, type);
        // 7 has to be there always.
        Assert.Equal(type == 7 ? PacFault.Signature : null, PacLab.FaultOf(() => without.Verify()));
    }

    [Fact]
    public void Verify_OfAnotherKdcsKey_Signature()
    {
        var lab = new PacLab();
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        lab.Verify(pac, ticket, withKdcKey: true);
        lab.Verify(pac, ticket);
        lab.Template.KdcKey = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1);
        Assert.Equal(PacFault.Signature, PacLab.FaultOf(() => lab.Verify(pac, ticket, withKdcKey: true)));
    }

    /// <summary>Bronze Bit: a service opens a ticket with its own key, makes it forwardable, and seals it again (CVE-2020-17049).</summary>
    [Fact]
    public void Verify_TicketChangedByAHolderOfTheServicesKey_Signature()
    {
        var lab = new PacLab();
        var ticket = lab.Issue();
        var pac = PacLab.PacOf(ticket);
        lab.Verify(pac, ticket, withKdcKey: true);

        var changed = ticket with { Flags = ticket.Flags | TicketFlags.Forwardable };

        lab.Verify(pac, changed);
        Assert.Equal(PacFault.Signature, PacLab.FaultOf(() => lab.Verify(pac, changed, withKdcKey: true)));
    }

    /// <summary>A PAC that was changed so that the server's signature, and so the KDC's over it, stays what it was: the full signature sees it (CVE-2022-37967).</summary>
    [Fact]
    public void Verify_FullSignatureOfAnotherPac_Signature() => PacLab.Refuses(
        PacFault.Signature,
        static lab =>
        {
            var other = LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1);
            lab.Template.ChangeElements = e =>
            {
                // Put in place before 6 and 7 are made, which are good then.
                e.RemoveAll(static x => x.Type == 19);
                e.Add((19, [16, 0, 0, 0, .. other.MakeChecksum(KeyUsage.PacSignature, [])]));
            };
            lab.Template.SignsFully = false;
        },
        withKdcKey: true);

    /// <summary>Other authorization data of the ticket is signed as it is.</summary>
    [Fact]
    public void Verify_TicketWithMoreAuthorizationData_Taken()
    {
        var lab = new PacLab();
        lab.Ticket = lab.Ticket with { AuthorizationData = [AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.TokenRestrictions, new byte[9]))] };
        lab.Verify(withKdcKey: true);
    }

    [Fact]
    public void Verify_WithoutAccountAndFullSignature_TakenAsMitMakesIt()
    {
        var lab = new PacLab();
        lab.Template.Logon = null;
        lab.Template.ChangeElements = static e => e.RemoveAll(static x => x.Type == 19);
        lab.Verify(withKdcKey: true);
    }
}
