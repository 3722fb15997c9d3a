using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Initiate;

/// <summary>What one attempt sent, and so what alone can answer it.</summary>
internal sealed class PreparedCall(SessionKeys keys, PreparedApReq token, CallProof proof, ulong number)
{
    public PreparedApReq Token { get; } = token;

    public CallProof Proof { get; } = proof;

    /// <summary>SND_SEQ of the MIC: kept when the call is sent again after a refusal.</summary>
    public ulong Number { get; } = number;

    /// <summary>Whether an answer proves the server: its MIC covers this attempt's MIC and the AP-REP, and the AP-REP gives back the time.</summary>
    /// <param name="mic">The answer's MIC token.</param>
    /// <param name="apRep">The KRB_AP_REP; empty where none came. The MIC covers its absence too, so none can be stripped.</param>
    public bool IsAnsweredBy(ReadOnlySpan<byte> mic, ReadOnlyMemory<byte> apRep)
    {
        if (!keys.VerifyAnswer(Number, mic, MicInput.Reply(Proof.Mic.Span, apRep.Span))) return false;
        if (apRep.IsEmpty) return true;
        return VerifiedApRep.Verify(Token, apRep).Passed(out var reply, out _) && reply.SequenceNumber == Token.SequenceNumber;
    }

    /// <summary>Whether a refusal of this attempt comes from who opened it.</summary>
    public bool IsRefusedBy(ReadOnlySpan<byte> mic, string errorName, ReadOnlySpan<byte> krbError) =>
        keys.VerifyAnswer(Number, mic, MicInput.Error(Proof.Mic.Span, errorName, krbError));
}
