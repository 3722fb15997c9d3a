using System.Text.Json;
using System.Text.RegularExpressions;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tool.Decode;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tool.Tests.Decode;

public sealed partial class DecodeTests : IAsyncLifetime
{
    private TokenLab _lab = null!;

    public async Task InitializeAsync() => _lab = await TokenLab.StartAsync();

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Fact]
    public async Task AFirstCall_WithTheKeytab_IsToldWhole()
    {
        var header = _lab.Header();
        _lab.Time.Advance(TimeSpan.FromSeconds(2));

        var run = await _lab.DecodeAsync("authorization: " + header, "--keytab", _lab.Service.Keytab);

        Assert.Equal(
            """
            header         authorization: Kerberos, a session's proof made 2026-03-01T12:00:00Z (2 s ago), a MIC of N octets, number N, a token of N octets
            message        KRB_AP_REQ (RFC 4120 section 5.5.1): a ticket and an authenticator; the service is to prove itself
            ticket         for HTTP/localhost@TEST.LOCAL, kvno 1, aes256-cts-hmac-sha1-96, N octets
            authenticator  aes256-cts-hmac-sha1-96, N octets
            key            opened by HTTP/localhost@TEST.LOCAL, kvno 1, aes256-cts-hmac-sha1-96, of DIR/HTTP_localhost-1.keytab (from --keytab)
            client         alice@TEST.LOCAL
            times          login 2026-03-01T12:00:00Z (2 s ago), good from 2026-03-01T12:00:00Z to 2026-03-01T22:00:00Z (in 9 h 59 min)
            flags          initial, pre-authent
            transited      no realm
            session key    aes256-cts-hmac-sha1-96
            authorization  PAC
            pac            the service's signature is good; S-1-5-21-1-2-3-1104, 2 groups, alice@test.local
            authenticator  made 2026-03-01T12:00:00Z (2 s ago)
            subkey         aes256-cts-hmac-sha1-96
            checksum       none
            client's data  GrpcKerberos' own (a MIC must come with it)
            verdict        a service with this keytab and nothing else set takes it now, if it has not seen it before

            """,
            Normalised(run));
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task ANegotiateToken_IsTakenOutOfItsFrames()
    {
        var value = NegotiateValue.Format(_lab.Prepare(TokenFraming.Spnego).Encoded.Span)!;

        var run = await _lab.DecodeAsync(value, "--keytab", _lab.Service.Keytab);

        var lines = Normalised(run).Split('\n');
        Assert.Equal(
            [
                "header         Negotiate (RFC 4559), a token of N octets",
                "framing        SPNEGO (RFC 4178), NegTokenInit, Kerberos 5 first",
                "framing        GSS-API (RFC 2743), Kerberos 5, TOK_ID of ApReq",
                "message        KRB_AP_REQ (RFC 4120 section 5.5.1): a ticket and an authenticator; the service is to prove itself",
            ],
            lines[..4]);
        Assert.Contains("checksum       GSS-API (RFC 4121 section 4.1.1), bound to no channel, flags: mutual, integ", lines);
        Assert.Contains("verdict        a service with this keytab and nothing else set takes it now, if it has not seen it before", lines);
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("base64url")]
    [InlineData("hex")]
    [InlineData("lines")]
    public async Task BareOctets_AreReadAsPeopleCopyThem(string form)
    {
        var octets = _lab.Prepare().Encoded.ToArray();
        var text = form switch
        {
            "base64" => Convert.ToBase64String(octets),
            "base64url" => System.Buffers.Text.Base64Url.EncodeToString(octets),
            "hex" => Convert.ToHexStringLower(octets),
            _ => Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks),
        };

        var run = await ToolRun.Of(["decode"], _lab.Time, input: text + "\n");

        Assert.StartsWith("message        KRB_AP_REQ ", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task AKeyOfAnotherVersion_IsTold()
    {
        var old = await File.ReadAllBytesAsync(_lab.Service.Keytab);
        _lab.Service.RotateKey();
        await File.WriteAllBytesAsync(_lab.Service.Keytab, old);

        var run = await _lab.DecodeAsync(_lab.Header(), "--keytab", _lab.Service.Keytab);

        Assert.EndsWith(
            "key            keytab has kvno 1 for HTTP/localhost@TEST.LOCAL, the ticket was made for kvno 2.\n               "
            + "Next: export the keytab again.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task AKeyOfAnotherName_IsTold()
    {
        var run = await _lab.DecodeAsync(_lab.Header(), "--keytab", _lab.Alice.Keytab);

        Assert.Contains(
            "key            keytab has alice@TEST.LOCAL, the ticket is for HTTP/localhost@TEST.LOCAL.\n               "
            + "Next: add that key, or correct the client's ServicePrincipal.\n",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ATicketThatEnded_IsStillTold_AndTheVerdictSaysSo()
    {
        var header = _lab.Header();
        _lab.Time.Advance(TimeSpan.FromDays(2));

        var run = await _lab.DecodeAsync(header, "--keytab", _lab.Service.Keytab);

        Assert.Contains("client         alice@TEST.LOCAL\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("authenticator  made 2026-03-01T12:00:00Z (2 d ago)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "verdict        a service with this keytab and nothing else set refuses it now: TicketExpired: "
            + "the ticket of alice@TEST.LOCAL ended 2026-03-01T22:00:00Z, now is 2026-03-03T12:00:00Z\n",
            run.Output,
            StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task AnAuthenticatorOfAnother_IsTold()
    {
        var ticket = _lab.Realm.IssueTicket(_lab.Alice.Principal, _lab.Service.Principal);
        using var session = new InitiatorSession(ticket with { Client = KerberosPrincipal.Parse("bob@TEST.LOCAL") }, new AuthenticatorClock(_lab.Time), mutual: true);
        var token = Convert.ToBase64String(session.Prepare("/", TimeSpan.Zero).Encoded.Span);

        var run = await _lab.DecodeAsync(token, "--keytab", _lab.Service.Keytab);

        Assert.Contains(", of bob@TEST.LOCAL, who is not the ticket's client\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("refuses it now: ClientMismatch: ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u, "none")]
    [InlineData(0x02u, "mutual")]
    [InlineData(0x3fu, "deleg, mutual, replay, sequence, conf, integ")]
    [InlineData(0x1002u, "mutual, 0x1000")]
    public void GssFlags_ByTheirNames_AndTheOthersByNumber(uint flags, string names) => Assert.Equal(names, GssFlags.Names(flags));

    /// <summary>The octets are a peer's: recursion must not follow them wherever they lead.</summary>
    [Theory]
    [InlineData(AuthorizationData.MaxDepth, "type 4711")]
    [InlineData(AuthorizationData.MaxDepth + 1, "IfRelevant")]
    public void AuthorizationData_IsOpenedAsDeepAsServicesDo(int depth, string name)
    {
        var element = new AuthorizationData((AuthorizationDataType)4711, new byte[1]);
        for (var i = 0; i < depth; i++) element = AuthorizationData.IfRelevant(element);

        Assert.Equal([name], AuthorizationTypes.Of([element]));
    }

    [Fact]
    public async Task APacThatWasChanged_IsTold()
    {
        var header = _lab.Header(t => t.Pac!.ChangeSigned = ChangeSignature);

        var run = await _lab.DecodeAsync(header, "--keytab", _lab.Service.Keytab);

        Assert.Contains("pac            the service's signature is bad: "
            + "its signature is not by the key that opened the ticket\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("refuses it now: PacSignatureInvalid: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswer_IsTold_AndStaysClosed()
    {
        var reply = new ApRep(new EncryptedData(EncryptionType.Aes256CtsHmacSha1, null, new byte[60])).Encode();

        var run = await _lab.DecodeAsync($"authentication-info: token={System.Buffers.Text.Base64Url.EncodeToString(reply)}", "--keytab", _lab.Service.Keytab);

        Assert.Equal(
            """
            header         authentication-info: no MIC, a token of N octets
            message        KRB_AP_REP (RFC 4120 section 5.5.2): the service's answer, which proves it
            sealed         aes256-cts-hmac-sha1-96, N octets, by the ticket's session key, which no keytab has: its two ends alone can open it

            """,
            Normalised(run));
    }

    [Fact]
    public async Task ARefusal_IsToldWithItsError()
    {
        var error = new KrbError(
            KerberosErrorCode.KRB_AP_ERR_SKEW, new KerberosTime(_lab.Time.GetUtcNow()) + TimeSpan.FromMinutes(7), _lab.Service.Principal, Text: "clock\u001b[2J");
        var value = new RefusalValue("SKEW") { KrbError = error.Encode() }.Format();

        var run = await _lab.DecodeAsync(value);

        Assert.Equal(
            """
            header         www-authenticate: Kerberos, refused for SKEW, no MIC, no token
            message        KRB-ERROR (RFC 4120 section 5.9.1): KRB_AP_ERR_SKEW, 37; nothing in it is proved by itself
            service        HTTP/localhost@TEST.LOCAL
            times          the service's 2026-03-01T12:07:00Z (in 7 min)
            text           clock?[2J

            """,
            run.Output);
    }

    [Fact]
    public async Task Json_HasTheSameSteps_AndNoSecret()
    {
        var ticket = _lab.Realm.IssueTicket(_lab.Alice.Principal, _lab.Service.Principal);
        var header = _lab.Header();

        var run = await _lab.DecodeAsync(header, "--keytab", _lab.Service.Keytab, "--json");

        var root = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("token/1", true), (root.GetProperty("schema").GetString(), root.GetProperty("isRead").GetBoolean()));
        var steps = root.GetProperty("steps").EnumerateArray().ToLookup(static s => $"{s.GetProperty("step")}");
        Assert.Equal("alice@TEST.LOCAL", steps["client"].Single().GetProperty("text").GetString());
        Assert.False(steps["verdict"].Single().GetProperty("isFault").GetBoolean());
        Assert.All(Secrets(header, ticket), secret => Assert.DoesNotContain(secret, run.Output, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("", "input          It is no header value of GrpcKerberos and neither base64 nor hexadecimal.")]
    [InlineData("Bearer abc.def", "input          It is no header value of GrpcKerberos and neither base64 nor hexadecimal.")]
    [InlineData("Negotiate !!", "header         Negotiate: it is not base64")]
    [InlineData("Negotiate TlRMTVNTUAABAAAA", "framing        It is NTLM, which proves no Kerberos principal.")]
    [InlineData("Kerberos token", "header         authorization: it is not a list of name=value")]
    [InlineData("Kerberos session=a, t=1, mic=b", "header         authorization: its parameter session is repeated, not base64url, or not of its length")]
    [InlineData("60820fff0609", "framing        Its GSS-API frame is malformed: ")]
    [InlineData("6e03020105", "message        The KRB_AP_REQ is malformed: ")]
    [InlineData("7e00", "message        The KRB-ERROR is malformed: ")]
    [InlineData("6a03020105", "message        It is a message for KDCs (AsReq): ")]
    [InlineData("deadbeef", "message        It is no message of Kerberos: ")]
    public async Task WhatIsNoToken_IsRefusedOnce(string text, string start)
    {
        var run = await ToolRun.Of(["decode", "-"], _lab.Time, input: text);

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static l => !l.StartsWith("  ", StringComparison.Ordinal));
        Assert.StartsWith(start, Assert.Single(lines, static l => !l.StartsWith("header         Negotiate (", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task EveryOctetChanged_IsReadOrRefused_AndNothingElse()
    {
        var octets = _lab.Prepare(TokenFraming.Spnego).Encoded.ToArray();
        for (var i = 0; i < octets.Length; i++)
        {
            var changed = (byte[])octets.Clone();
            changed[i] ^= 0xff;
            var run = await _lab.DecodeAsync(Convert.ToBase64String(changed), "--keytab", _lab.Service.Keytab);
            Assert.InRange(run.ExitCode, 0, 1);
            Assert.NotEmpty(run.Output);
        }
    }

    [Fact]
    public async Task MoreThanAnyTokenHas_IsRefused()
    {
        var run = await ToolRun.Of(["decode"], _lab.Time, input: new string('A', 10_000_000));

        Assert.Equal("input          It has more than 131072 characters, and no token has.\n               Next: give one token alone.\n", run.Output);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task AnotherKindThanWasSaid_IsRefused()
    {
        var run = await _lab.DecodeAsync(Convert.ToBase64String(_lab.Prepare().Encoded.Span), "--kind", "ap-rep");

        Assert.Equal("message        It is KRB_AP_REQ, where KRB_AP_REP belongs\n", run.Output);
        Assert.Equal(1, run.ExitCode);
    }

    /// <summary>SERVER_CHECKSUM is element 6: its type, then the signature.</summary>
    private static byte[] ChangeSignature(byte[] pac)
    {
        pac[TestPac.OffsetOf(pac, 6) + sizeof(uint)] ^= 1;
        return pac;
    }

    [GeneratedRegex("[0-9]+ octets")]
    private static partial Regex Octets();

    [GeneratedRegex("number [0-9]+")]
    private static partial Regex Number();

    private static IEnumerable<string> Secrets(string header, ServiceTicket ticket)
    {
        yield return Convert.ToHexString(ticket.SessionKey.Bytes);
        foreach (var part in header.Split(", "))
        {
            var value = part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..];
            if (!part.StartsWith("t=", StringComparison.Ordinal)) yield return value;
        }
    }

    private string Normalised(ToolRun run)
    {
        var text = run.Output.Replace(_lab.Realm.Directory, "DIR", StringComparison.Ordinal);
        return Number().Replace(Octets().Replace(text, "N octets"), "number N");
    }
}
