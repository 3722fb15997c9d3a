using System.Buffers.Binary;
using System.Text;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What the three MICs of a call cover; every part is framed, so no two calls share one input (protos/README.md).</summary>
internal static class MicInput
{
    private static ReadOnlySpan<byte> CallLabel => "grpc-kerberos-1 call\0"u8;

    private static ReadOnlySpan<byte> ReplyLabel => "grpc-kerberos-1 reply\0"u8;

    private static ReadOnlySpan<byte> ErrorLabel => "grpc-kerberos-1 error\0"u8;

    /// <summary>label ‖ id[16] ‖ t[8] ‖ len16 method ‖ len8 channel binding ‖ len32 KRB_AP_REQ.</summary>
    public static byte[] Call(SessionId id, KerberosTime time, string method, ReadOnlySpan<byte> channelBinding, ReadOnlySpan<byte> apReq)
    {
        var methodLength = Encoding.UTF8.GetByteCount(method);
        var input = new byte[CallLabel.Length + SessionId.Length + 8 + 2 + methodLength + 1 + channelBinding.Length + 4 + apReq.Length];
        var rest = Put(input, CallLabel);
        id.CopyTo(rest);
        rest = rest[SessionId.Length..];
        BinaryPrimitives.WriteInt64BigEndian(rest, time.MicrosecondsSinceEpoch);
        rest = rest[8..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)methodLength));
        Encoding.UTF8.GetBytes(method, rest[2..]);
        rest = rest[(2 + methodLength)..];
        rest = PutShort(rest, channelBinding);
        PutLong(rest, apReq);
        return input;
    }

    /// <summary>label ‖ len16 the request's MIC token ‖ len32 KRB_AP_REP.</summary>
    public static byte[] Reply(ReadOnlySpan<byte> requestMic, ReadOnlySpan<byte> apRep)
    {
        var input = new byte[ReplyLabel.Length + 2 + requestMic.Length + 4 + apRep.Length];
        PutLong(PutMic(Put(input, ReplyLabel), requestMic), apRep);
        return input;
    }

    /// <summary>label ‖ len16 the request's MIC token ‖ len8 error name ‖ len32 KRB-ERROR.</summary>
    public static byte[] Error(ReadOnlySpan<byte> requestMic, string errorName, ReadOnlySpan<byte> krbError)
    {
        var name = Encoding.ASCII.GetBytes(errorName);
        var input = new byte[ErrorLabel.Length + 2 + requestMic.Length + 1 + name.Length + 4 + krbError.Length];
        PutLong(PutShort(PutMic(Put(input, ErrorLabel), requestMic), name), krbError);
        return input;
    }

    private static Span<byte> Put(Span<byte> target, ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(target);
        return target[octets.Length..];
    }

    private static Span<byte> PutShort(Span<byte> target, ReadOnlySpan<byte> octets)
    {
        target[0] = checked((byte)octets.Length);
        return Put(target[1..], octets);
    }

    private static Span<byte> PutMic(Span<byte> target, ReadOnlySpan<byte> octets)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, checked((ushort)octets.Length));
        return Put(target[2..], octets);
    }

    private static void PutLong(Span<byte> target, ReadOnlySpan<byte> octets)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)octets.Length);
        octets.CopyTo(target[4..]);
    }
}
