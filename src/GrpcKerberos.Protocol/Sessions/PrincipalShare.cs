using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;

namespace GrpcKerberos.Protocol.Sessions;

/// <summary>The places one principal holds of a bounded store, and the one copy of its name and of its data that all of them share.</summary>
internal sealed class PrincipalShare(KerberosPrincipal principal)
{
    private CallerData? _data;

    public KerberosPrincipal Principal { get; } = principal;

    /// <summary>Places held; changed by <see cref="PrincipalShares"/> alone.</summary>
    public int Held { get; set; }

    /// <summary>Its sessions in the order of their last known use; null in a store of other things.</summary>
    public PriorityQueue<AcceptorSession, KerberosTime>? Sessions { get; set; }

    /// <summary>Whether <see cref="LastUseOrder"/> knows of it.</summary>
    public bool IsOrdered { get; set; }

    /// <summary>What was said of it last, where that is the same: groups are larger than sessions.</summary>
    public CallerData Shared(CallerData data) => _data is { } known && known.Same(data) ? known : _data = data;
}
