namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>Mechanisms and the content of their OBJECT IDENTIFIERs.</summary>
internal static class Mechanisms
{
    private static readonly Mechanism[] s_known = [.. Enum.GetValues<Mechanism>().Where(static m => m != Mechanism.Unknown)];

    public static Mechanism Of(ReadOnlySpan<byte> oid)
    {
        foreach (var mechanism in s_known)
        {
            if (oid.SequenceEqual(mechanism.Oid())) return mechanism;
        }

        return Mechanism.Unknown;
    }

    public static ReadOnlySpan<byte> Oid(this Mechanism mechanism) => mechanism switch
    {
        Mechanism.Kerberos => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02],
        Mechanism.MicrosoftKerberos => [0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02],
        Mechanism.UserToUser => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02, 0x03],
        Mechanism.IaKerb => [0x2B, 0x06, 0x01, 0x05, 0x02, 0x05],
        Mechanism.Spnego => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x02],
        Mechanism.Ntlm => [0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A],
        Mechanism.NegoEx => [0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1E],
        _ => throw new ArgumentOutOfRangeException(nameof(mechanism)),
    };

    public static bool IsKerberos(this Mechanism mechanism) => mechanism is Mechanism.Kerberos or Mechanism.MicrosoftKerberos;

    /// <summary>Why a token of another mechanism is refused, and what its sender can do.</summary>
    public static string Problem(this Mechanism mechanism) => mechanism switch
    {
        Mechanism.Ntlm => "it is NTLM, which proves no Kerberos principal. Next: let the client find a KDC and a ticket for this service; Windows falls back to NTLM where it has none, for one because the name it calls is no SPN of the service's account.",
        Mechanism.NegoEx => "it negotiates by NegoEx. Next: let the client log in to the Kerberos realm; NegoEx comes first where the account is of another kind.",
        Mechanism.IaKerb => "it asks this service to relay to a KDC (IAKERB). Next: let the client fetch its ticket from the KDC itself.",
        Mechanism.UserToUser => "it asks for user-to-user authentication, which a service with a keytab does not do. Next: let the client ask for a ticket of the service's own key.",
        Mechanism.Spnego => "it negotiates inside a negotiation. Next: let the client wrap its token once.",
        _ => "it is of a GSS-API mechanism that is not Kerberos. Next: let the client choose krb5, 1.2.840.113554.1.2.2.",
    };
}
