using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The places one principal holds of a bounded store, and the one copy of its name that all of them share.</summary>
internal sealed class PrincipalShare(KerberosPrincipal principal)
{
    public KerberosPrincipal Principal { get; } = principal;

    /// <summary>Places held; changed by <see cref="PrincipalShares"/> alone.</summary>
    public int Held { get; set; }

    /// <summary>Its sessions in the order of their last known use; null in a store of other things.</summary>
    public PriorityQueue<AcceptorSession, KerberosTime>? Sessions { get; set; }

    /// <summary>Whether <see cref="LastUseOrder"/> knows of it.</summary>
    public bool IsOrdered { get; set; }
}
