using System.Globalization;
using System.Text;
using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>A refusal as gRPC reads it: trailers-only, with status, message and reason, where ASP.NET Core would answer a bare 401.</summary>
internal static class RefusedResponse
{
    /// <summary>As the whole answer.</summary>
    public static void Write(HttpResponse response, CallRefusal refusal)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)refusal.Status).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = PercentEncode(refusal.Text);
        if (refusal.Challenge is { } challenge) response.Headers.WWWAuthenticate = refusal.Negotiate is { } negotiate ? new StringValues([challenge, negotiate]) : challenge;
    }

    /// <summary>As what an interceptor throws; gRPC writes the same answer from it.</summary>
    public static RpcException Exception(CallRefusal refusal)
    {
        var trailers = new Metadata();
        if (refusal.Challenge is { } challenge) trailers.Add(KerberosMetadata.WwwAuthenticate, challenge);
        if (refusal.Negotiate is { } negotiate) trailers.Add(KerberosMetadata.WwwAuthenticate, negotiate);
        return new RpcException(new Status(refusal.Status, refusal.Text, new KerberosException(refusal.Error, refusal.Text)), trailers);
    }

    /// <summary>Octets of UTF-8 outside printable ASCII, and %, as %XX (gRPC over HTTP/2, Status-Message).</summary>
    public static string PercentEncode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= 0x20 and <= 0x7E and not (byte)'%') encoded.Append((char)octet);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return encoded.ToString();
    }
}
