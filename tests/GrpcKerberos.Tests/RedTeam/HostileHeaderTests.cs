using System.Buffers.Text;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.RedTeam;

/// <summary>Headers that nobody honest sends, at a server with a session that must come to no harm.</summary>
public sealed class HostileHeaderTests
{
    /// <summary>What is changed in a good value, and how it is refused.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "session of 15 octets", "TOKEN_MALFORMED" },
        { "session of 17 octets", "TOKEN_MALFORMED" },
        { "session with padding", "TOKEN_MALFORMED" },
        { "session that is no base64url", "TOKEN_MALFORMED" },
        { "session empty", "TOKEN_MALFORMED" },
        { "session repeated", "TOKEN_MALFORMED" },
        { "session away", "TOKEN_MALFORMED" },
        { "mic of 16 octets", "TOKEN_MALFORMED" },
        { "mic of 41 octets", "TOKEN_MALFORMED" },
        { "mic that is no base64url", "TOKEN_MALFORMED" },
        { "mic repeated", "TOKEN_MALFORMED" },
        { "mic away", "TOKEN_MALFORMED" },
        { "t negative", "TOKEN_MALFORMED" },
        { "t of 17 digits", "TOKEN_MALFORMED" },
        { "t in hexadecimal", "TOKEN_MALFORMED" },
        { "t repeated", "TOKEN_MALFORMED" },
        { "t away", "TOKEN_MALFORMED" },
        { "t of the year 2286", "PROOF_REFUSED" },
        { "token that is no base64url", "TOKEN_MALFORMED" },
        { "token repeated", "TOKEN_MALFORMED" },
        { "token put to it", "PROOF_REFUSED" },
        { "comma at the end", "TOKEN_MALFORMED" },
        { "parameter without a value", "TOKEN_MALFORMED" },
        { "mic by the acceptor", "PROOF_REFUSED" },
        { "mic sealed", "PROOF_REFUSED" },
        { "mic under the acceptor's subkey", "PROOF_REFUSED" },
        { "mic with unknown flags", "PROOF_REFUSED" },
        { "mic with another filler", "PROOF_REFUSED" },
        { "mic with another TOK_ID", "PROOF_REFUSED" },
        { "mic cut short", "PROOF_REFUSED" },
        { "mic with another number", "PROOF_REFUSED" },
        { "number 2^64-1", "PROOF_REFUSED" },
        { "number 2^63", "PROOF_REFUSED" },
        { "100 KB", "TOKEN_TOO_LARGE" },
    };

    [Theory, MemberData(nameof(Changes))]
    public async Task Header_OneThingChanged_RefusedAndTheSessionUnharmed(string change, string error)
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync(tls: false, static o => o.SessionPortability = GrpcKerberos.AspNetCore.SessionPortability.Portable, static a => a.Kestrel = static k =>
        {
            k.Limits.MaxRequestHeadersTotalSize = 1 << 20;
            k.Limits.Http2.MaxRequestHeaderFieldSize = 1 << 18;
        });
        var client = fleet.Client();
        await fleet.RunsAsync(app, Fleet.First(client));
        var call = Fleet.Later(client);

        await fleet.RefusesAsync(app, error, Changed(client, call, change));

        await fleet.RunsAsync(app, call);
        Assert.DoesNotContain(app.Log.All, static l => l.Level >= LogLevel.Error && l.Level != LogLevel.None);
    }

    [Fact]
    public async Task Header_UnknownParameter_IsIgnored()
    {
        await using var fleet = new Fleet();
        var app = await fleet.StartAsync();
        var call = Fleet.First(fleet.Client());

        var outcome = await fleet.ShowAsync(app, RawClient.Value(call) + ", x-of-tomorrow=1");

        Assert.True(outcome.Proves(call));
    }

    private static string Changed(InitiatorSession client, PreparedCall call, string change)
    {
        var proof = call.Proof;
        var (id, mic, t) = (Base64Url.EncodeToString(proof.Session.ToArray()), Base64Url.EncodeToString(proof.Mic.Span), proof.Time.MicrosecondsSinceEpoch.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string Value(string? session = null, string? time = null, string? signature = null, string more = "") => $"Kerberos session={session ?? id}, t={time ?? t}, mic={signature ?? mic}{more}";
        return change switch
        {
            "session of 15 octets" => Value(Base64Url.EncodeToString(new byte[15])),
            "session of 17 octets" => Value(Base64Url.EncodeToString(new byte[17])),
            "session with padding" => Value(id + "=="),
            "session that is no base64url" => Value(id[..^1] + "+"),
            "session empty" => Value(""),
            "session repeated" => Value(more: $", session={id}"),
            "session away" => $"Kerberos t={t}, mic={mic}",
            "mic of 16 octets" => Value(signature: Base64Url.EncodeToString(proof.Mic.Span[..16])),
            "mic of 41 octets" => Value(signature: Base64Url.EncodeToString((byte[])[.. proof.Mic.ToArray(), .. new byte[41 - proof.Mic.ToArray().Length]])),
            "mic that is no base64url" => Value(signature: mic[..^1] + "!"),
            "mic repeated" => Value(more: $", mic={mic}"),
            "mic away" => $"Kerberos session={id}, t={t}",
            "t negative" => Value(time: "-" + t),
            "t of 17 digits" => Value(time: "0" + t),
            "t in hexadecimal" => Value(time: "0x1F"),
            "t repeated" => Value(more: $", t={t}"),
            "t away" => $"Kerberos session={id}, mic={mic}",
            "t of the year 2286" => Value(time: "9999999999999999"),
            "token that is no base64url" => Value(more: ", token=A"),
            "token repeated" => Value(more: ", token=AAAA, token=AAAA"),
            "token put to it" => Value(more: ", token=" + Base64Url.EncodeToString(Fleet.First(client).Token!.Encoded.Span)),
            "comma at the end" => Value(more: ","),
            "parameter without a value" => Value(more: ", x="),
            "number 2^64-1" => RawClient.Value(Fleet.Later(client, number: ulong.MaxValue)),
            "number 2^63" => RawClient.Value(Fleet.Later(client, number: 1UL << 63)),
            "100 KB" => Value(more: ", token=" + new string('A', 100_000)),
            _ => Value(signature: Base64Url.EncodeToString(ChangedMic(proof.Mic.ToArray(), change))),
        };
    }

    private static byte[] ChangedMic(byte[] mic, string change)
    {
        switch (change)
        {
            case "mic by the acceptor": mic[2] |= 1; break;
            case "mic sealed": mic[2] |= 2; break;
            case "mic under the acceptor's subkey": mic[2] |= 4; break;
            case "mic with unknown flags": mic[2] |= 0x80; break;
            case "mic with another filler": mic[5] = 0; break;
            case "mic with another TOK_ID": mic[1] = 5; break;
            case "mic cut short": return mic[..^1];
            case "mic with another number": mic[15] ^= 1; break;
            default: throw new ArgumentOutOfRangeException(nameof(change), change, "No such change.");
        }

        return mic;
    }
}
