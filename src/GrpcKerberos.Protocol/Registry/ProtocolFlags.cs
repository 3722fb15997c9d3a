namespace GrpcKerberos.Protocol.Registry;

// KerberosFlags number their bits from the left: bit 0 is the highest of the first octet (RFC 4120 section 5.2.8).

/// <summary>APOptions (RFC 4120 section 5.5.1).</summary>
[Flags]
internal enum ApOptions : uint
{
    None = 0,
    UseSessionKey = 1u << 30,
    MutualRequired = 1u << 29,
}

/// <summary>TicketFlags (RFC 4120 section 5.3; anonymous RFC 8062; enc-pa-rep RFC 6806).</summary>
[Flags]
internal enum TicketFlags : uint
{
    None = 0,
    Forwardable = 1u << 30,
    Forwarded = 1u << 29,
    Proxiable = 1u << 28,
    Proxy = 1u << 27,
    MayPostdate = 1u << 26,
    Postdated = 1u << 25,
    Invalid = 1u << 24,
    Renewable = 1u << 23,
    Initial = 1u << 22,
    PreAuthent = 1u << 21,
    HwAuthent = 1u << 20,
    TransitedPolicyChecked = 1u << 19,
    OkAsDelegate = 1u << 18,
    EncPaRep = 1u << 16,
    Anonymous = 1u << 15,
}

/// <summary>KDCOptions (RFC 4120 section 5.4.1).</summary>
[Flags]
internal enum KdcOptions : uint
{
    None = 0,
    Forwardable = 1u << 30,
    Forwarded = 1u << 29,
    Proxiable = 1u << 28,
    Proxy = 1u << 27,
    AllowPostdate = 1u << 26,
    Postdated = 1u << 25,
    Renewable = 1u << 23,
    Canonicalize = 1u << 16,
    DisableTransitedCheck = 1u << 5,
    RenewableOk = 1u << 4,
    EncTktInSkey = 1u << 3,
    Renew = 1u << 1,
    Validate = 1u << 0,
}
