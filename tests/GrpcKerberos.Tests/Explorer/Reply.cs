using Grpc.Core;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One answer as it goes over the wire.</summary>
/// <param name="Headers">Null where the connection broke.</param>
/// <param name="Message">Null where none came.</param>
/// <param name="Error">What the call ends with; null: OK.</param>
internal sealed record Reply(Metadata? Headers, byte[]? Message, RpcException? Error)
{
    public static Reply Broken { get; } = new(null, null, new RpcException(new Status(StatusCode.Unavailable, "the connection broke")));

    /// <summary>Status and all in the headers, as gRPC gives them to a client.</summary>
    public static Reply Refused(StatusCode status, string? challenge)
    {
        var headers = new Metadata();
        if (challenge is not null) headers.Add(KerberosMetadata.WwwAuthenticate, challenge);
        return new Reply(headers, null, new RpcException(new Status(status, "refused"), headers));
    }

    public static Reply Refused(RefusedCall refused)
    {
        var refusal = CallRefusal.Of(refused);
        return Refused(refusal.Status, refusal.Challenge);
    }

    public static Reply Ok(string? proof, byte[] message)
    {
        var headers = new Metadata();
        if (!string.IsNullOrEmpty(proof)) headers.Add(KerberosMetadata.AuthenticationInfo, proof);
        return new Reply(headers, message, null);
    }

    public override string ToString() => Error is null
        ? Headers!.Get(KerberosMetadata.AuthenticationInfo) is null ? "OK, unproved" : "OK"
        : Headers?.Get(KerberosMetadata.WwwAuthenticate) is { } challenge && RefusalValue.TryParse(challenge.Value, out var value) ? value.Error : Error.StatusCode.ToString();
}
