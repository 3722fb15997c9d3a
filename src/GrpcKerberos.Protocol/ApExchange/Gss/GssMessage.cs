namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>TOK_ID of the messages that make a context (RFC 4121 section 4.1).</summary>
internal enum GssMessage
{
    ApReq = 0x0100,
    ApRep = 0x0200,
    KrbError = 0x0300,
}
