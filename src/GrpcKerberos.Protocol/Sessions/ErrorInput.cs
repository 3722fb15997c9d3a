using System.Text;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What the MIC of a refusal covers: label ‖ len16 the request's MIC token ‖ len8 error name ‖ len32 KRB-ERROR.</summary>
internal readonly ref struct ErrorInput(ReadOnlySpan<byte> requestMic, string errorName, ReadOnlySpan<byte> krbError) : IMicInput
{
    private readonly ReadOnlySpan<byte> _requestMic = requestMic;
    private readonly ReadOnlySpan<byte> _krbError = krbError;

    public int Length => Label.Length + 2 + _requestMic.Length + 1 + errorName.Length + 4 + _krbError.Length;

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1 error\0"u8;

    public void WriteTo(Span<byte> target)
    {
        var frames = new FrameWriter(target);
        frames.Put(Label);
        frames.Put16(_requestMic);
        Encoding.ASCII.GetBytes(errorName, frames.Take8(errorName.Length));
        frames.Put32(_krbError);
    }
}
