using Grpc.Core;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore.Streams;

/// <summary>How a stream that outlived its session ends. There is no challenge: its answer is proved, so nobody sends it again for a refusal in it.</summary>
internal static class StreamEnd
{
    public static readonly CallRefusal Refusal = CallRefusal.Of(KerberosError.TicketExpired, "Stream", "its session ended") with { Challenge = null, Text = PeerText.StreamEnded };

    public static RpcException Exception(Exception? cause = null) => new(new Status(Refusal.Status, Refusal.Text, cause));
}
