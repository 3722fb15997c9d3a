namespace GrpcKerberos.Protocol.Pac;

/// <summary>ulType of a PAC_INFO_BUFFER (MS-PAC 2.4).</summary>
internal enum PacElement : uint
{
    LogonInfo = 1,
    ServerChecksum = 6,
    KdcChecksum = 7,
    ClientInfo = 10,
    DelegationInfo = 11,
    UpnDnsInfo = 12,
    TicketChecksum = 16,
    AttributesInfo = 17,
    Requestor = 18,

    /// <summary>MS-PAC's extended KDC checksum: over the whole PAC, where <see cref="KdcChecksum"/> covers the server's signature only.</summary>
    FullChecksum = 19,
}
