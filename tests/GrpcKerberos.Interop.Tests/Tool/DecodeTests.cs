using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Tool.Tests;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>decode reads tokens that libkrb5 made, and opens them with keytabs that kadmin and Samba wrote.</summary>
public static class DecodeTests
{
    [Collection(MitRealm.Collection)]
    public sealed class InMitsRealm(MitRealm realm)
    {
        [PeerFact]
        public async Task AGssToken_IsTold()
        {
            var run = await DecodeAsync(realm, "test");

            Assert.Contains("framing        GSS-API (RFC 2743), Kerberos 5, TOK_ID of ApReq\n", run.Output, StringComparison.Ordinal);
            Assert.Contains("ticket         for test/localhost@KRB.TEST, kvno 1, ", run.Output, StringComparison.Ordinal);
            Assert.Contains("client         alice@KRB.TEST\n", run.Output, StringComparison.Ordinal);
            Assert.Contains("pac            the service's signature is good; it names no account\n", run.Output, StringComparison.Ordinal);
            Assert.Contains("checksum       GSS-API (RFC 4121 section 4.1.1), bound to no channel, flags: mutual, ", run.Output, StringComparison.Ordinal);
            Assert.EndsWith("verdict        a service with this keytab and nothing else set takes it now, "
                + "if it has not seen it before\n", run.Output, StringComparison.Ordinal);
            Assert.Equal(0, run.ExitCode);
        }
    }

    [Collection(SambaRealm.Collection)]
    public sealed class InSambasDomain(SambaRealm realm)
    {
        [PeerFact(Peer.Samba)]
        public async Task AGssToken_IsTold_WithItsPac()
        {
            var run = await DecodeAsync(realm, "test");

            Assert.Contains($"pac            the service's signature is good; {SambaRealm.Sid}-", run.Output, StringComparison.Ordinal);
            Assert.Contains(" groups", run.Output, StringComparison.Ordinal);
            Assert.EndsWith("verdict        a service with this keytab and nothing else set takes it now, "
                + "if it has not seen it before\n", run.Output, StringComparison.Ordinal);
            Assert.Equal(0, run.ExitCode);
        }
    }

    private static async Task<ToolRun> DecodeAsync(ForeignRealm realm, string service)
    {
        var cache = await realm.KinitAsync("alice");
        await using var peer = realm.Start("gsspeer", ["init", $"{service}@localhost", "mutual"], cache: cache);
        var token = (await peer.ReadToAsync("token")).Bytes("token");
        return await ToolRun.Of(["decode", "--kind", "negotiate", "--keytab", realm.Keytab(service)], input: Convert.ToBase64String(token));
    }
}
