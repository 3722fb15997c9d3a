using Google.Protobuf;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.Tests.Client;

/// <summary>A call of Establish as it came to the server, and the answer of a good one.</summary>
internal sealed class EstablishReceived(Received received)
{
    public Received Received { get; } = received;

    /// <summary>Headers and body of a good answer; null where it refuses.</summary>
    public AnswerValue? Proof => Received.Accepted is { } accepted ? new AnswerValue(accepted.Mic, default) : null;

    public EstablishResponse Body() => new()
    {
        Token = ByteString.CopyFrom(Received.Accepted!.ApRep ?? []),
        Session = ByteString.CopyFrom(Received.Accepted.Session!.Id.ToArray()),
        Ends = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Received.Accepted.Session.Ends.ToDateTimeOffset()),
    };

    public static Task Answer(EstablishReceived establish)
    {
        if (establish.Received.Accepted is not null) return establish.SendAsync(establish.Proof, establish.Body().ToByteArray());
        establish.Received.Refuse();
        return Task.CompletedTask;
    }

    /// <summary>Sends a proof, if any, and a body, whatever it is.</summary>
    public async Task SendAsync(AnswerValue? proof, byte[] body)
    {
        var response = Received.Context.Response;
        response.ContentType = "application/grpc";
        if (proof is { } value) response.Headers[KerberosMetadata.AuthenticationInfo] = value.Format();
        await response.Body.WriteAsync((byte[])[0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(body.Length)), .. body]);
        response.AppendTrailer("grpc-status", "0");
    }
}
