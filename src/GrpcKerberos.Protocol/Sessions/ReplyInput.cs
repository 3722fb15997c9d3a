namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What the MIC of an answer covers: label ‖ len16 the request's MIC token ‖ len32 KRB_AP_REP, empty where none is sent.</summary>
internal readonly ref struct ReplyInput(ReadOnlySpan<byte> requestMic, ReadOnlySpan<byte> apRep) : IMicInput
{
    private readonly ReadOnlySpan<byte> _requestMic = requestMic;
    private readonly ReadOnlySpan<byte> _apRep = apRep;

    public int Length => Label.Length + 2 + _requestMic.Length + 4 + _apRep.Length;

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1 reply\0"u8;

    public void WriteTo(Span<byte> target)
    {
        var frames = new FrameWriter(target);
        frames.Put(Label);
        frames.Put16(_requestMic);
        frames.Put32(_apRep);
    }
}
