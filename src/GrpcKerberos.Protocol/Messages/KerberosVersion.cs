using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>pvno and msg-type of messages whose reader has no error code of its own for a wrong one.</summary>
internal static class KerberosVersion
{
    public const int Five = 5;

    public static void Require(int version)
    {
        if (version != Five) throw new DerException("the protocol version is not 5");
    }

    public static void RequireType(MessageType expected, int type)
    {
        if (type != (int)expected) throw new DerException("msg-type does not fit the message");
    }
}
