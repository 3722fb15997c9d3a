namespace GrpcKerberos.Protocol.Registry;

/// <summary>msg-type values; each is also the message's ASN.1 APPLICATION tag (RFC 4120 section 7.5.7 and 5.10).</summary>
internal enum MessageType
{
    AsReq = 10,
    AsRep = 11,
    TgsReq = 12,
    TgsRep = 13,
    ApReq = 14,
    ApRep = 15,
    KrbError = 30,
}
