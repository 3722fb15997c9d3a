namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The client's end of a session: makes the MICs of calls and verifies those of what comes back.</summary>
/// <remarks>Either two keys of ours, or a security context of the operating system, which keeps its keys to itself.</remarks>
internal interface ICallProver
{
    /// <param name="number">SND_SEQ, where it is for us to choose; a security context counts by itself.</param>
    /// <param name="input">What the MIC covers.</param>
    Mic SignCall(ulong number, in CallInput input);

    /// <summary>Whether a MIC is that of the answer to the call of a number.</summary>
    bool VerifyReply(ulong number, ReadOnlySpan<byte> mic, in ReplyInput input);

    /// <summary>Whether a MIC is that of a refusal of the call of a number.</summary>
    bool VerifyRefusal(ulong number, ReadOnlySpan<byte> mic, in ErrorInput input);
}
