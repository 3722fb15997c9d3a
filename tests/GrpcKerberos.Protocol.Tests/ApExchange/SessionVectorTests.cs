using System.Security.Cryptography;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.ApExchange.Replay;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>The test vectors of protos/README.md, one whole session an enctype. That libkrb5 has the same ones is for the interoperability tests.</summary>
public sealed class SessionVectorTests
{
    private const string AcceptVariable = "GRPCKERBEROS_ACCEPT_VECTORS";

    private static readonly string[] s_calls = ["first", "later", "tls", "skew", "bound"];

    public static TheoryData<string> Files { get; } = ["aes128-cts", "aes256-cts", "aes128-sha2", "aes256-sha2"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Transcript_FromTheKeysOfTheFile_EveryLineOfIt(string file)
    {
        var transcript = SessionTranscript.Of(SessionVectors.Read(file));
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1") Write(file, transcript);
        Assert.Equal(SessionVectors.Read(file).Lines, transcript);
    }

    [Theory]
    [InlineData("k", "first-mic")]
    [InlineData("k", "later-answer-mic")]
    [InlineData("k", "id")]
    [InlineData("acceptor-subkey", "bound-mic")]
    [InlineData("ticket-confounder", "bound-id")]
    [InlineData("later-t", "later-mic")]
    [InlineData("tls-binding", "tls-answer-mic")]
    public void Transcript_OneInputChanged_AnotherLine(string input, string line)
    {
        var given = SessionVectors.Read("aes256-sha2");
        var last = given[input][^1];
        var changed = SessionTranscript.Of(given.With(input, given[input][..^1] + (last == '1' ? '2' : '1')));
        Assert.NotEqual(given[line], changed.Single(l => l.Name == line).Value);
    }

    /// <summary>The MAC is the plain HMAC of the derived key, cut to the enctype's length (RFC 3962 section 6, RFC 8009 section 6).</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Mac_ByKcAndThePlatformsHmac_ThatOfTheFile(string file)
    {
        var vectors = SessionVectors.Read(file);
        foreach (var call in s_calls)
        {
            var prefix = call == "bound" ? "bound-" : "";
            AssertMac(vectors, prefix + "kc-call", $"{call}-input", $"{call}-mic");
            AssertMac(vectors, prefix + "kc-answer", $"{call}-answer-input", $"{call}-answer-mic");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Acceptor_TheCallsOfTheFile_RunOnceWithTheAnswersOfTheFile(string file)
    {
        var vectors = SessionVectors.Read(file);
        var time = new LabTime();
        var acceptor = Acceptor(vectors, time);
        var first = await JudgeWithTokenAsync(acceptor, vectors);
        using var key = new TicketSessionKey(vectors.Type, vectors.Octets("session-key"));
        Assert.Equal(Opened(key, vectors.Octets("first-ap-rep")), Opened(key, first.ApRep!));

        var later = Judge(acceptor, vectors, "later");
        Assert.Equal(vectors["later-answer-mic"], Convert.ToHexStringLower(later.Accepted!.Mic.Span));
        Assert.Equal(ApRejection.NumberRepeated, Judge(acceptor, vectors, "later").Refused!.Cause);

        time.Set(vectors.Time("skew-now").ToDateTimeOffset());
        var skew = Judge(acceptor, vectors, "skew").Refused!;
        Assert.Equal(ApRejection.CallTimeSkew, skew.Cause);
        Assert.Equal(vectors["skew-krb-error"], Convert.ToHexStringLower(skew.Answer.KrbError!));
        Assert.Equal(vectors["skew-answer-mic"], Convert.ToHexStringLower(skew.Answer.Mic.Span));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Client_TheAnswersOfTheFile_ProveTheServer(string file)
    {
        var vectors = SessionVectors.Read(file);
        var request = Request(vectors);
        using var k = vectors.Subkey("k");
        using var keys = new SessionKeys(k, KeyOwner.Initiator);
        var first = new PreparedCall(keys, request, vectors.Proof("first"), 614797831);
        Assert.True(first.IsAnsweredBy(vectors.Octets("first-answer-mic"), vectors.Octets("first-ap-rep")));
        Assert.False(first.IsAnsweredBy(vectors.Octets("later-answer-mic"), vectors.Octets("first-ap-rep")));
        Assert.True(first.IsRepliedBy(vectors.Octets("prove-ap-rep"), out var reply));
        Assert.Equal(vectors["acceptor-subkey"], Convert.ToHexStringLower(reply!.AcceptorSubkey!.Bytes));

        var skew = new PreparedCall(keys, null, vectors.Proof("skew"), 614797833);
        Assert.True(skew.IsRefusedBy(vectors.Octets("skew-answer-mic"), "SKEW", vectors.Octets("skew-krb-error")));
        Assert.False(skew.IsRefusedBy(vectors.Octets("skew-answer-mic"), "REPEAT", vectors.Octets("skew-krb-error")));

        using var boundKeys = new SessionKeys(reply.AcceptorSubkey, KeyOwner.Acceptor);
        var bound = new PreparedCall(boundKeys, null, vectors.Proof("bound"), 614797831);
        Assert.True(bound.IsAnsweredBy(vectors.Octets("bound-answer-mic"), ReadOnlyMemory<byte>.Empty));
    }

    /// <summary>Keys, ids and MICs as the protocol's page prints them; longer octets it leaves to the files.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void ProtocolPage_TestVectors_ThoseOfTheFile(string file)
    {
        var page = File.ReadAllText(Repository.PathOf("protos/README.md"));
        string[] printed = ["k", "id", "acceptor-subkey", "bound-id", "kc-call", "kc-answer", "bound-kc-call", "bound-kc-answer", .. s_calls.SelectMany(static c => new[] { c + "-mic", c + "-answer-mic" })];
        var vectors = SessionVectors.Read(file);
        Assert.All(printed, name => Assert.Contains(vectors[name], page, StringComparison.Ordinal));
    }

    private static void Write(string file, IReadOnlyList<(string Name, string Value)> transcript) =>
        File.WriteAllText(SessionVectors.PathOf(file), string.Concat(transcript.Select(static l => $"{l.Name} = {l.Value}\n").Prepend("# One session; see README.md. Throw-away keys of no realm.\n")));

    private static void AssertMac(SessionVectors vectors, string key, string input, string mic)
    {
        var token = vectors.Octets(mic);
        byte[] signed = [.. vectors.Octets(input), .. token[..MicToken.HeaderLength]];
        var hash = vectors.Type switch
        {
            EncryptionType.Aes128CtsHmacSha256 => HMACSHA256.HashData(vectors.Octets(key), signed),
            EncryptionType.Aes256CtsHmacSha384 => HMACSHA384.HashData(vectors.Octets(key), signed),
#pragma warning disable CA5350 // RFC 3962 fixes SHA-1 here
            _ => HMACSHA1.HashData(vectors.Octets(key), signed),
#pragma warning restore CA5350
        };
        var mac = token[MicToken.HeaderLength..];
        Assert.Equal(Convert.ToHexString(hash[..mac.Length]), Convert.ToHexString(mac));
    }

    private static CallAcceptor Acceptor(SessionVectors vectors, LabTime time)
    {
        time.Set(vectors.Seconds("authtime").ToDateTimeOffset());
        var policy = new AcceptorPolicy();
        var exchanges = new ApAcceptor(policy, new MemoryReplayCache(time), new AcceptorClock(time), new ProcessSecret());
        time.Set(vectors.Time("first-t").ToDateTimeOffset());
        return new CallAcceptor(exchanges, new SessionCache(16, policy.MaxClockSkew), vectors.Principal("service"));
    }

    private static async Task<AcceptedCall> JudgeWithTokenAsync(CallAcceptor acceptor, SessionVectors vectors)
    {
        var call = new IncomingCall(vectors.Octets("first-ap-req"), vectors.Proof("first"), vectors["method"]);
        var key = new LongTermKey(vectors.Type, vectors.Octets("service-key"));
        var keytab = new Keytab([new KeytabEntry(vectors.Principal("service"), (uint)vectors.Number("kvno"), vectors.Type, key)]);
        var (exchange, refused) = await acceptor.JudgeByTokenAsync(call, keytab, default);
        Assert.Null(refused);
        Assert.Equal(vectors["client"], exchange!.Client.ToString());
        return acceptor.Admit(call, exchange, state: null).Accepted!;
    }

    private static CallJudgement Judge(CallAcceptor acceptor, SessionVectors vectors, string call) =>
        acceptor.JudgeBySession(vectors.Proof(call), vectors["method"], [], Connection.Portable);

    private static byte[] Opened(TicketSessionKey key, byte[] reply)
    {
        Assert.True(key.TryOpen(KeyUsage.ApRepEncPart, ApRep.Decode(reply).EncPart.Cipher.Span, out var plaintext));
        return plaintext;
    }

    /// <summary>Only what a KRB_AP_REP is judged by: the ticket's key, and the authenticator's time and number.</summary>
    private static PreparedApReq Request(SessionVectors vectors)
    {
        var key = new TicketSessionKey(vectors.Type, vectors.Octets("session-key"));
        var (authTime, endTime) = (vectors.Seconds("authtime"), vectors.Seconds("endtime"));
        var ticket = new ServiceTicket(
            vectors.Principal("client"), vectors.Principal("service"), Ticket.Decode(vectors.Octets("ticket")), key, TicketFlags.None, authTime, authTime, endTime);
        return PreparedApReq.Prepare(ticket, vectors.Time("first-t"), new ApReqContent { SequenceNumber = (uint)vectors.Number("first-number") });
    }
}
