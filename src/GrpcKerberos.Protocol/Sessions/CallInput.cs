using System.Text;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What the MIC of a request covers: label ‖ id[16] ‖ t[8] ‖ len16 method ‖ len8 channel binding ‖ len32 KRB_AP_REQ.</summary>
internal readonly ref struct CallInput(SessionId id, KerberosTime time, string method, ReadOnlySpan<byte> channelBinding, ReadOnlySpan<byte> apReq) : IMicInput
{
    private readonly ReadOnlySpan<byte> _channelBinding = channelBinding;
    private readonly ReadOnlySpan<byte> _apReq = apReq;
    private readonly int _methodLength = Encoding.UTF8.GetByteCount(method);

    public int Length => Label.Length + SessionId.Length + 8 + 2 + _methodLength + 1 + _channelBinding.Length + 4 + _apReq.Length;

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1 call\0"u8;

    public void WriteTo(Span<byte> target)
    {
        var frames = new FrameWriter(target);
        frames.Put(Label);
        id.CopyTo(frames.Take(SessionId.Length));
        frames.PutInt64(time.MicrosecondsSinceEpoch);
        Encoding.UTF8.GetBytes(method, frames.Take16(_methodLength));
        frames.Put8(_channelBinding);
        frames.Put32(_apReq);
    }
}
