using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Client;

/// <summary>How it stands with the KDCs of the login's realm.</summary>
/// <param name="Kdc">The last that answered; null where none was asked yet.</param>
/// <param name="Failure">Why none answered when last asked; null where one did.</param>
/// <param name="Offset">Its clock less this host's, to the second and as nobody proved it; null where it told none.</param>
internal sealed record KdcStanding(KdcAddress? Kdc, KerberosException? Failure, TimeSpan? Offset)
{
    public static KdcStanding Unknown { get; } = new(null, null, null);
}
