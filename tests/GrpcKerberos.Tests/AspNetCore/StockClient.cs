using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>A client that has gss_init_sec_context and gss_get_mic and knows our wire's text alone, as far as .NET can play one.</summary>
/// <param name="ticket">Its ticket.</param>
/// <param name="time">Its clock.</param>
/// <param name="proposed">Its subkey; null: a random one.</param>
/// <param name="firstNumber">The seq-number of its authenticator.</param>
internal sealed class StockClient(ServiceTicket ticket, TimeProvider time, Subkey? proposed = null, uint firstNumber = 7_000)
{
    private readonly Subkey _proposed = proposed ?? Subkey.Generate(ticket.SessionKey.Type);
    private ulong _next = firstNumber;
    private PreparedApReq? _request;
    private Subkey? _asserted;

    public bool Mutual { get; init; } = true;

    public bool WithSubkey { get; init; } = true;

    public bool WithGssChecksum { get; init; } = true;

    public bool Spnego { get; init; }

    public byte[]? ExtraElement { get; init; }

    /// <summary>The TLS channel it binds itself to.</summary>
    public ChannelBinding? Binding { get; init; }

    /// <summary>Whether it demands that its binding is looked at (KERB_AP_OPTIONS_CBT), as Windows' clients do.</summary>
    public bool DemandsBinding { get; init; }

    /// <summary>A new context's first token, wrapped.</summary>
    public byte[] Token()
    {
        var frame = GssFrame.WrapApReq(ApReq().Span);
        return Spnego ? Protocol.ApExchange.Gss.Spnego.WriteInit(frame) : frame;
    }

    public ReadOnlyMemory<byte> ApReq()
    {
        var elements = new List<AuthorizationData>();
        if (DemandsBinding) elements.Add(AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.ApOptions, BitConverter.GetBytes(0x4000))));
        if (ExtraElement is { } element) elements.Add(AuthorizationData.IfRelevant(new AuthorizationData(AuthorizationDataType.GrpcKerberos, element)));
        _request = PreparedApReq.Prepare(
            ticket,
            new KerberosTime(time.GetUtcNow()),
            new ApReqContent
            {
                Subkey = WithSubkey ? _proposed : null,
                SequenceNumber = firstNumber,
                Checksum = WithGssChecksum ? new Checksum(ChecksumType.GssApi, GssChecksumValue()) : null,
                Options = Mutual ? ApOptions.MutualRequired : ApOptions.None,
                AuthorizationData = elements.Count > 0 ? elements : null,
            });
        return _request.Encoded;
    }

    public string Header() => "Negotiate " + Convert.ToBase64String(Token());

    /// <summary>Takes the answer in as gss_init_sec_context does: its KRB_AP_REP, or, where none was asked for, nothing.</summary>
    public void TakeAnswer(ReadOnlyMemory<byte> answer)
    {
        if (Spnego)
        {
            Assert.True(Protocol.ApExchange.Gss.Spnego.TryReadResponse(answer, out var response, out var problem), problem);
            Assert.Equal((SpnegoState.AcceptCompleted, Mechanism.Kerberos), (response.State, response.Supported));
            answer = response.ResponseToken;
        }

        Assert.Equal(Mutual, !answer.IsEmpty);
        if (!Mutual) return;
        Assert.True(GssFrame.TryUnwrap(answer, out var message, out var wrong), wrong);
        Assert.Equal(GssMessage.ApRep, message.Kind);
        Assert.True(VerifiedApRep.Verify(_request!, message.Message).Passed(out var reply, out _));
        Assert.Equal(firstNumber, reply.SequenceNumber);
        _asserted = reply.AcceptorSubkey;
    }

    /// <summary>The KRB-ERROR of a refusal in its own wrapping.</summary>
    public KrbError ReadError(ReadOnlyMemory<byte> answer)
    {
        if (Spnego)
        {
            Assert.True(Protocol.ApExchange.Gss.Spnego.TryReadResponse(answer, out var response, out _));
            Assert.Equal(SpnegoState.Reject, response.State);
            answer = response.ResponseToken;
        }

        Assert.True(GssFrame.TryUnwrap(answer, out var message, out var problem), problem);
        Assert.Equal(GssMessage.KrbError, message.Kind);
        return KrbError.Decode(message.Message);
    }

    /// <summary>A later call, by gss_get_mic.</summary>
    public string Call(SessionId session, out Mic mic, string method = RawClient.SayHello)
    {
        var now = new KerberosTime(time.GetUtcNow());
        using var keys = Keys();
        mic = keys.SignCall(_next++, new CallInput(session, now, method, Binding is { } b ? b.EndPointHash.Span : [], []));
        return new AuthorizationValue(new CallProof(session, now, mic), default).Format();
    }

    /// <summary>gss_verify_mic over the answer to a later call.</summary>
    public bool Verifies(Outcome outcome, Mic mic)
    {
        Assert.True(AnswerValue.TryParse(outcome.Info, out var answer));
        using var keys = Keys();
        return keys.VerifyAnswer(_next - 1, answer.Mic.Span, new ReplyInput(mic.Span, []));
    }

    private SessionKeys Keys() => new(_asserted ?? _proposed, _asserted is null ? KeyOwner.Initiator : KeyOwner.Acceptor);

    private byte[] GssChecksumValue()
    {
        var value = new byte[24];
        value[0] = 16;
        Binding?.GssHash().CopyTo(value, 4);
        value[20] = (byte)(Mutual ? 0x3E : 0x3C);
        return value;
    }
}
