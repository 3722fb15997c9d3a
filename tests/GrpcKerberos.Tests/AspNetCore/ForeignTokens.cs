using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Tokens as a client makes them that knows nothing of ours: a subkey, and no element that demands a MIC.</summary>
internal static class ForeignTokens
{
    public static PreparedApReq Make(ServiceTicket ticket, TimeProvider time, bool withSubkey = true) => PreparedApReq.Prepare(
        ticket,
        new KerberosTime(time.GetUtcNow()),
        new ApReqContent { Subkey = withSubkey ? Subkey.Generate(ticket.SessionKey.Type) : null, SequenceNumber = 7 });
}
