using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>An initiator's first token, whatever it is wrapped in: told apart by its first octets, and answered in kind.</summary>
internal sealed class InitialToken
{
    /// <summary>What the frames, and a list of mechanisms, may add to a KRB_AP_REQ, in octets.</summary>
    public const int MaxOverhead = 1024;

    private const byte FrameTag = 0x60;

    private readonly Mechanism _named;

    private InitialToken(TokenFraming framing, Mechanism named, ReadOnlyMemory<byte> apReq)
    {
        Framing = framing;
        _named = named;
        ApReq = apReq;
    }

    public TokenFraming Framing { get; }

    /// <summary>The KRB_AP_REQ, not copied. Whether it is one is for its decoder to say.</summary>
    public ReadOnlyMemory<byte> ApReq { get; }

    private static ReadOnlySpan<byte> NtlmLabel => "NTLMSSP\0"u8;

    /// <param name="token">Any octets. What has no frame is taken for a bare KRB_AP_REQ.</param>
    /// <param name="initial">What it holds.</param>
    /// <param name="problem">What is wrong with its wrapping, in words that quote nothing of it.</param>
    public static bool TryRead(ReadOnlyMemory<byte> token, [NotNullWhen(true)] out InitialToken? initial, [NotNullWhen(false)] out string? problem)
    {
        initial = null;
        problem = null;
        if (token.Span.StartsWith(NtlmLabel))
        {
            problem = Mechanism.Ntlm.Problem();
            return false;
        }

        if (token.IsEmpty || token.Span[0] != FrameTag)
        {
            initial = new InitialToken(TokenFraming.ApReq, Mechanism.Kerberos, token);
            return true;
        }

        if (!GssFrame.TryOpen(token, out var mechanism, out _, out problem)) return false;
        if (mechanism != Mechanism.Spnego) return TryReadMessage(TokenFraming.Gss, mechanism, token, out initial, out problem);
        return Spnego.TryReadInit(token, out var init, out problem) && TryReadMessage(TokenFraming.Spnego, init.Preferred, init.MechToken, out initial, out problem);
    }

    /// <summary>The answer to a token that was taken.</summary>
    /// <param name="apRep">The KRB_AP_REP; empty where none was asked for.</param>
    /// <returns>Empty where there is nothing to say: no KRB_AP_REP, and no negotiation to end.</returns>
    public byte[] Answer(ReadOnlySpan<byte> apRep)
    {
        var inner = apRep.IsEmpty || Framing == TokenFraming.ApReq ? apRep.ToArray() : GssFrame.WrapApRep(apRep);
        return Framing == TokenFraming.Spnego ? Spnego.WriteResponse(SpnegoState.AcceptCompleted, _named, inner) : inner;
    }

    /// <summary>The answer to a token that was refused (RFC 4121 section 4.1: a KRB-ERROR has its own TOK_ID).</summary>
    /// <param name="krbError">The KRB-ERROR; empty where the peer is told none.</param>
    public byte[] Refuse(ReadOnlySpan<byte> krbError)
    {
        var inner = krbError.IsEmpty || Framing == TokenFraming.ApReq ? krbError.ToArray() : GssFrame.WrapError(krbError);
        return Framing == TokenFraming.Spnego ? Spnego.WriteResponse(SpnegoState.Reject, supported: null, inner) : inner;
    }

    public override string ToString() => $"{Framing}, KRB_AP_REQ of {ApReq.Length} octets";

    private static bool TryReadMessage(
        TokenFraming framing, Mechanism named, ReadOnlyMemory<byte> frame, [NotNullWhen(true)] out InitialToken? initial, [NotNullWhen(false)] out string? problem)
    {
        initial = null;
        // NTLM has no frame: it stands bare, whatever the list says that it is.
        if (frame.Span.StartsWith(NtlmLabel)) problem = Mechanism.Ntlm.Problem();
        else if (!GssFrame.TryUnwrap(frame, out var message, out problem)) return false;
        else if (message.Kind != GssMessage.ApReq) problem = "it holds an answer where a KRB_AP_REQ belongs";
        else initial = new InitialToken(framing, named, message.Message);
        return problem is null;
    }
}
