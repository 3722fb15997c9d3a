using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>What SessionService answered, octet for octet.</summary>
internal sealed record SessionReply(HttpStatusCode Code, HttpResponseHeaders Headers, HttpResponseHeaders Trailers, byte[] Body)
{
    public StatusCode Status => (StatusCode)int.Parse(One(Headers, "grpc-status") ?? One(Trailers, "grpc-status") ?? "-1", System.Globalization.CultureInfo.InvariantCulture);

    public string? Text => One(Headers, "grpc-message") ?? One(Trailers, "grpc-message");

    public string? Info => One(Headers, "authentication-info");

    public string? Challenge => One(Headers, "www-authenticate");

    public string Error => RefusalValue.TryParse(Challenge, out var value) ? value.Error : "";

    public EstablishResponse Established
    {
        get
        {
            Assert.Equal(StatusCode.OK, Status);
            return EstablishResponse.Parser.ParseFrom(Message);
        }
    }

    public byte[] Message
    {
        get
        {
            Assert.Equal(0, Body[0]);
            Assert.Equal(Body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(Body.AsSpan(1)));
            return Body[5..];
        }
    }

    public static async Task<SessionReply> ReadAsync(HttpResponseMessage response) =>
        new(response.StatusCode, response.Headers, response.TrailingHeaders, await response.Content.ReadAsByteArrayAsync());

    /// <summary>The header's MIC covers the KRB_AP_REP in the message as if it stood beside it, where it does not.</summary>
    public bool Proves(PreparedCall call, ReadOnlyMemory<byte> apRep, out VerifiedApRep? verified)
    {
        verified = null;
        return AnswerValue.TryParse(Info, out var answer) && answer.Token.IsEmpty && call.IsAnsweredBy(answer.Mic.Span, apRep, out verified);
    }

    public bool ProvesRefusalOf(PreparedCall call) =>
        RefusalValue.TryParse(Challenge, out var value) && call.IsRefusedBy(value.Mic.Span, value.Error, value.KrbError.Span);

    /// <summary>Trailers-only, with nothing in its body.</summary>
    public void AssertRefused(StatusCode status, string error)
    {
        Assert.Equal((status, error), (Status, Error));
        Assert.Equal(HttpStatusCode.OK, Code);
        Assert.NotNull(One(Headers, "grpc-status"));
        Assert.Empty(Body);
    }

    private static string? One(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;
}
