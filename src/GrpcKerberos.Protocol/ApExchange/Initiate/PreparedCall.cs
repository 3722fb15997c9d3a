using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>What one attempt sent, and so what alone can answer it.</summary>
internal sealed class PreparedCall
{
    // Made for every call: what travels in a frame stands apart, so that the many that carry no token pay one field for it.
    private readonly ICallProver? _prover;
    private readonly byte[]? _framed;
    private readonly CallProof _proof;

    /// <param name="prover">The session's end that made the MIC.</param>
    /// <param name="token">The KRB_AP_REQ that goes with it; null where the MIC alone goes.</param>
    /// <param name="proof">Session, time and MIC.</param>
    /// <param name="number">SND_SEQ of the MIC.</param>
    public PreparedCall(ICallProver prover, PreparedApReq? token, CallProof proof, ulong number)
    {
        _prover = prover;
        _proof = proof;
        Token = token;
        Number = number;
    }

    /// <summary>A token that goes alone, in the frame that stock acceptors take.</summary>
    /// <param name="token">The KRB_AP_REQ.</param>
    /// <param name="framing">What goes around it.</param>
    /// <param name="number">The number that a session made by it begins with: the call has it where it comes again under that session.</param>
    public PreparedCall(PreparedApReq token, TokenFraming framing, ulong number)
    {
        var framed = GssFrame.WrapApReq(token.Encoded.Span);
        _framed = framing == TokenFraming.Spnego ? Spnego.WriteInit(framed) : framed;
        _proof = new CallProof(default, token.ClientTime, default);
        Token = token;
        Number = number;
    }

    /// <summary>A token that the operating system made, and keeps to itself what it holds.</summary>
    /// <param name="token">Its octets.</param>
    /// <param name="time">About when it was made.</param>
    public PreparedCall(byte[] token, KerberosTime time)
    {
        _framed = token;
        _proof = new CallProof(default, time, default);
    }

    public PreparedApReq? Token { get; }

    /// <summary>The token as it travels, frame and all; empty where none goes.</summary>
    public ReadOnlyMemory<byte> Encoded => _framed ?? Token?.Encoded ?? default;

    /// <summary>False where a token goes alone.</summary>
    public bool HasProof => _prover is not null;

    /// <summary>Its time alone where <see cref="HasProof"/> is false.</summary>
    public ref readonly CallProof Proof => ref _proof;

    /// <summary>Kept when the call is sent again after a refusal.</summary>
    public ulong Number { get; }

    public KerberosTime Time => _proof.Time;

    /// <summary>Whether an answer proves the server: its MIC covers this attempt's MIC and the AP-REP, and the AP-REP gives back the time.</summary>
    /// <param name="mic">The answer's MIC token.</param>
    /// <param name="apRep">The KRB_AP_REP; empty where none came. The MIC covers its absence too, so none can be stripped.</param>
    public bool IsAnsweredBy(ReadOnlySpan<byte> mic, ReadOnlyMemory<byte> apRep) => IsAnsweredBy(mic, apRep, out _);

    /// <inheritdoc cref="IsAnsweredBy(ReadOnlySpan{byte}, ReadOnlyMemory{byte})"/>
    /// <param name="mic">The answer's MIC token.</param>
    /// <param name="apRep">The KRB_AP_REP.</param>
    /// <param name="reply">What the KRB_AP_REP holds; null where none came.</param>
    public bool IsAnsweredBy(ReadOnlySpan<byte> mic, ReadOnlyMemory<byte> apRep, out VerifiedApRep? reply)
    {
        reply = null;
        return _prover is not null && _prover.VerifyReply(Number, mic, new ReplyInput(_proof.Mic.Span, apRep.Span)) && (apRep.IsEmpty || IsRepliedBy(apRep, out reply));
    }

    /// <summary>Whether a refusal of this attempt comes from who opened it.</summary>
    public bool IsRefusedBy(ReadOnlySpan<byte> mic, string errorName, ReadOnlySpan<byte> krbError) =>
        _prover is not null && _prover.VerifyRefusal(Number, mic, new ErrorInput(_proof.Mic.Span, errorName, krbError));

    /// <summary>Whether a KRB_AP_REP answers this attempt's token: it gives back the time and the number of its authenticator.</summary>
    public bool IsRepliedBy(ReadOnlyMemory<byte> apRep, out VerifiedApRep? reply) => IsTimeRepliedBy(apRep, out reply) && reply!.SequenceNumber == Token!.SequenceNumber;

    /// <summary>Whether a KRB_AP_REP of a stock acceptor answers it: the time alone is ours, its number is the acceptor's own (RFC 4120 section 5.5.2).</summary>
    public bool IsTimeRepliedBy(ReadOnlyMemory<byte> apRep, out VerifiedApRep? reply)
    {
        reply = null;
        return Token is { } token && VerifiedApRep.Verify(token, apRep).Passed(out reply, out _);
    }
}
