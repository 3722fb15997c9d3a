using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What a KDC answered: a reply of the type asked for, or a KRB-ERROR. Nothing of it is proved yet.</summary>
internal sealed record KdcReply
{
    private KdcReply(KdcAddress kdc, KdcRep? rep, KrbError? error)
    {
        Kdc = kdc;
        Rep = rep;
        Error = error;
    }

    public KdcAddress Kdc { get; }

    /// <summary>From the request to it.</summary>
    public TimeSpan Took { get; init; }

    public KdcRep? Rep { get; }

    public KrbError? Error { get; }

    /// <summary>The same answer, with the reply that was inside its armour.</summary>
    public KdcReply With(KdcRep rep) => new(Kdc, rep, null);

    /// <summary>The same answer, with the error that was inside its armour.</summary>
    public KdcReply With(KrbError error) => new(Kdc, null, error);

    /// <exception cref="DerException">The octets are neither.</exception>
    public static KdcReply Decode(KdcAddress kdc, MessageType expected, ReadOnlyMemory<byte> encoded) =>
        new DerReader(encoded).NextIsApplication((int)MessageType.KrbError)
            ? new KdcReply(kdc, null, KrbError.Decode(encoded))
            : new KdcReply(kdc, KdcRep.Decode(expected, encoded), null);
}
