using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>What one attempt sent, and so what alone can answer it.</summary>
/// <param name="keys">The session's end that made the MIC.</param>
/// <param name="token">The KRB_AP_REQ that goes with it; null where the MIC alone goes.</param>
/// <param name="proof">Session, time and MIC.</param>
/// <param name="number">SND_SEQ of the MIC.</param>
internal sealed class PreparedCall(ICallProver keys, PreparedApReq? token, CallProof proof, ulong number)
{
    private readonly CallProof _proof = proof;

    public PreparedApReq? Token { get; } = token;

    public ref readonly CallProof Proof => ref _proof;

    /// <summary>Kept when the call is sent again after a refusal.</summary>
    public ulong Number { get; } = number;

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
        return keys.VerifyReply(Number, mic, new ReplyInput(_proof.Mic.Span, apRep.Span)) && (apRep.IsEmpty || IsRepliedBy(apRep, out reply));
    }

    /// <summary>Whether a refusal of this attempt comes from who opened it.</summary>
    public bool IsRefusedBy(ReadOnlySpan<byte> mic, string errorName, ReadOnlySpan<byte> krbError) =>
        keys.VerifyRefusal(Number, mic, new ErrorInput(_proof.Mic.Span, errorName, krbError));

    /// <summary>Whether a KRB_AP_REP answers this attempt's token: it gives back the time and the number of its authenticator.</summary>
    public bool IsRepliedBy(ReadOnlyMemory<byte> apRep, out VerifiedApRep? reply)
    {
        reply = null;
        return Token is { } token && VerifiedApRep.Verify(token, apRep).Passed(out reply, out _) && reply.SequenceNumber == token.SequenceNumber;
    }
}
