using System.Globalization;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Tests.ApExchange;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Pac;

/// <summary>PACs that we did not make: Samba's, MIT krb5's and Windows'.</summary>
public sealed class RealPacTests
{
    private const string SambasDomain = "S-1-5-21-1000000001-1000000002-1000000003";

    [Theory]
    [InlineData("samba-alice", "S-1-18-1", 4)]
    [InlineData("samba-big1000", "S-1-18-1", 1001)]
    [InlineData("samba-s4u-alice", "S-1-18-2", 4)]
    public async Task Accept_TicketOfSamba_SaysWhatTheDirectorySays(string name, string asserted, int groups)
    {
        var recording = new Recording($"pac/{name}.txt");

        var data = (await AcceptAsync(recording, recording["krbtgt-key"])).Data!;

        Assert.Equal(recording["user-sid"], data.User.ToString());
        Assert.Equal(recording["primary-group-sid"], data.PrimaryGroup.ToString());
        var expected = recording["group-sids"].Split(' ');
        Assert.Equal(groups, expected.Length);
        Assert.Equal(expected.Append(asserted).Order(StringComparer.Ordinal), data.Groups.ToTexts().Order(StringComparer.Ordinal));
        Assert.Equal(name[(name.LastIndexOf('-') + 1)..] + "@ad.test", data.UserPrincipalName);
        Assert.StartsWith(SambasDomain, data.User.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_TicketOfSambaByS4U2Proxy_NamesTheServiceThatActs()
    {
        Assert.Equal("svc-mid@AD.TEST", Assert.Single((await AcceptAsync(new Recording("pac/samba-s4u-alice.txt"))).Data!.ActingServices).ToString());
        Assert.Empty((await AcceptAsync(new Recording("pac/samba-alice.txt"))).Data!.ActingServices);
    }

    [Theory]
    [InlineData("samba-alice")]
    [InlineData("mit-alice")]
    public async Task Accept_KdcKeyOfAnotherRealm_PacRefused(string name)
    {
        var recording = new Recording($"pac/{name}.txt");
        var other = Convert.ToHexString(LongTermKey.Generate(EncryptionType.Aes256CtsHmacSha1).Bytes);

        var step = await recording.Acceptor(policy: Policy(other)).AcceptAsync(new IncomingCall(recording.Octets("ap-req"), null, "/a.B/C"), recording.Keytab(), default);

        Assert.False(step.Passed(out _, out var refusal));
        Assert.Equal(GrpcKerberos.Protocol.ApExchange.ApRejection.PacSignatureInvalid, refusal.Cause);
    }

    /// <summary>Client's name and signatures alone; the ticket's signature is over the ticket as MIT encodes it.</summary>
    [Fact]
    public async Task Accept_TicketOfMit_PassesEverySignatureAndSaysNothing()
    {
        var recording = new Recording("pac/mit-alice.txt");

        Assert.Null((await AcceptAsync(recording, recording["krbtgt-key"])).Data);
    }

    [Theory]
    [InlineData("regular")]
    [InlineData("enterprise")]
    public void Verify_PacOfWindows_SaysWhoItIs(string name)
    {
        var recording = new Recording("pac/windows.txt");
        using var key = new LongTermKey(EncryptionType.Aes256CtsHmacSha1, recording.Octets("service-key"));
        var ticket = new PacLab().Ticket with { Client = KerberosPrincipal.Parse(recording[name + "-client"]), AuthTime = recording.Seconds(name + "-authtime") };

        var pac = VerifiedPac.Verify(recording.Octets(name), ticket, key, "ACME.COM", []);

        var domain = string.Create(CultureInfo.InvariantCulture, $"S-1-5-21-{0x008da074}-{0xe9c2a53f}-{0x22e19160}");
        Assert.Equal(domain + "-1142", pac.Logon!.User.ToString());
        Assert.Equal(domain + "-513", pac.Logon.PrimaryGroup.ToString());
        Assert.Equal([domain + "-513"], pac.Logon.Groups.ToTexts());
        Assert.Equal("w2k8u@abc", pac.UserPrincipalName);

        var other = ticket with { AuthTime = ticket.AuthTime + TimeSpan.FromSeconds(1) };
        Assert.Equal(PacFault.Mismatch, PacLab.FaultOf(() => VerifiedPac.Verify(recording.Octets(name), other, key, "ACME.COM", [])));
    }

    [Fact]
    public void Read_LogonInfoOfAMachine_SaysWhoItIs()
    {
        var info = LogonInfo.Read(new Recording("pac/windows.txt").Octets("logon-info-of-a-machine"));

        var domain = string.Create(CultureInfo.InvariantCulture, $"S-1-5-21-{0xb5af2f11}-{0xec1b0490}-{0xdcec3b50}");
        Assert.Equal(domain + "-1005", info.User.ToString());
        Assert.Equal([domain + "-516", "S-1-5-9"], info.Groups.ToTexts());
    }

    private static AcceptorPolicy Policy(string? kdcKey) => new()
    {
        TicketGrantingKeys = kdcKey is null ? [] : [new LongTermKey(EncryptionType.Aes256CtsHmacSha1, Convert.FromHexString(kdcKey))],
    };

    private static async Task<AcceptedExchange> AcceptAsync(Recording recording, string? kdcKey = null)
    {
        var step = await recording.Acceptor(policy: Policy(kdcKey)).AcceptAsync(new IncomingCall(recording.Octets("ap-req"), null, "/a.B/C"), recording.Keytab(), default);
        Assert.True(step.Passed(out var accepted, out var refusal), refusal?.ToString());
        return accepted!;
    }
}
