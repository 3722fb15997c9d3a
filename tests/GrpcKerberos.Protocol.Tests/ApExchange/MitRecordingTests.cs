using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>AP exchanges between MIT's client, KDC and service, replayed at the second they were recorded.</summary>
public sealed class MitRecordingTests
{
    public static TheoryData<string> Recordings { get; } = ["aes128-cts", "aes256-cts", "aes128-sha2", "aes256-sha2"];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Acceptor_MitsApReq_Accepted(string name)
    {
        var recording = Recording.OfMit(name);
        var step = await recording.Acceptor().AcceptAsync(new IncomingCall(recording.Octets("ap-req"), null, "/a.B/C"), recording.Keytab(), default);
        Assert.True(step.Passed(out var accepted, out var refusal), refusal?.ToString());
        Assert.Equal(recording["client"], accepted!.Client.ToString());
        Assert.Equal(recording["service"], accepted.Service.ToString());
        Assert.Equal(recording.Time("ctime", "cusec"), accepted.Authenticator.ClientTime);
        Assert.Equal(recording.Seconds("endtime"), accepted.Ticket.EndTime);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task Acceptor_MitsApReqAMinuteBeyondTheSkew_ClockSkew(string name)
    {
        var recording = Recording.OfMit(name);
        var acceptor = recording.Acceptor(later: TimeSpan.FromMinutes(6));
        var step = await acceptor.AcceptAsync(new IncomingCall(recording.Octets("ap-req"), null, "/a.B/C"), recording.Keytab(), default);
        Assert.False(step.Passed(out _, out var refusal));
        Assert.Equal(ApRejection.ClockSkew, refusal!.Cause);
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Acceptor_ReplyOfMit_IsWhatOursWouldHold(string name)
    {
        var recording = Recording.OfMit(name);
        using var key = recording.SessionKey();
        Assert.True(key.TryOpen(KeyUsage.ApRepEncPart, ApRep.Decode(recording.Octets("bare-ap-rep")).EncPart.Cipher.Span, out var plaintext));
        Assert.Equal(new EncApRepPart(recording.Time("bare-ctime", "bare-cusec")).Encode(), plaintext);
    }

    /// <summary>With MIT's time, subkey, number and confounder our initiator writes MIT's KRB_AP_REQ to the octet.</summary>
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Initiator_MitsTimeAndRandomness_MitsOctets(string name)
    {
        var recording = Recording.OfMit(name);
        var recorded = ApReq.Decode(recording.Octets("ap-req"));
        using var key = recording.SessionKey();
        Assert.True(key.TryOpen(KeyUsage.ApReqAuthenticator, recorded.Authenticator.Cipher.Span, out var plaintext));
        var authenticator = Authenticator.Decode(plaintext);
        Assert.Equal(plaintext, authenticator.Encode());
        var ticket = recording.Ticket(recorded.Ticket, key);
        var content = new ApReqContent
        {
            Subkey = new Subkey(authenticator.Subkey!.Type, authenticator.Subkey.Value.Span),
            SequenceNumber = authenticator.SequenceNumber,
            AuthorizationData = authenticator.AuthorizationData,
            Checksum = authenticator.Checksum,
            Options = recorded.Options,
            Confounder = KeyReader.Confounder(key, KeyUsage.ApReqAuthenticator, recorded.Authenticator.Cipher.Span),
        };
        Assert.Equal(Convert.ToHexString(recording.Octets("ap-req")), Convert.ToHexString(PreparedApReq.Prepare(ticket, authenticator.ClientTime, content).Encoded.Span));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Initiator_MitsReplies_ProveTheService(string name)
    {
        var recording = Recording.OfMit(name);
        using var key = recording.SessionKey();
        var ticket = recording.Ticket(ApReq.Decode(recording.Octets("ap-req")).Ticket, key);
        var request = PreparedApReq.Prepare(ticket, recording.Time("ctime", "cusec"), new ApReqContent { SequenceNumber = 1 });
        Assert.True(VerifiedApRep.Verify(request, recording.Octets("ap-rep")).Passed(out var reply, out _));
        Assert.Equal(recording.Number("ap-rep-sequence"), reply.SequenceNumber);
        Assert.True(VerifiedApRep.Verify(request, recording.Octets("acceptor-ap-rep")).Passed(out reply, out _));
        Assert.Equal(recording["acceptor-ap-rep-subkey"], Convert.ToHexStringLower(reply.AcceptorSubkey!.Bytes));
        Assert.False(VerifiedApRep.Verify(request, recording.Octets("bare-ap-rep")).Passed(out _, out var refusal));
        Assert.Equal(ApRejection.MutualAuthenticationFailed, refusal!.Cause);
    }
}
