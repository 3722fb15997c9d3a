using Greeter.V1;
using Grpc.Core;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Wire;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>All that came back from a call.</summary>
internal sealed record Outcome(Status Status, Metadata Headers, Metadata Trailers, HelloReply? Reply)
{
    /// <summary>The one www-authenticate of our own scheme, of a trailers-only answer.</summary>
    public string? Challenge => One("www-authenticate", static v => !IsNegotiate(v));

    /// <summary>The one www-authenticate for who came by Negotiate, in octets.</summary>
    public byte[]? Negotiate => One("www-authenticate", IsNegotiate) is { } value ? Convert.FromBase64String(value["Negotiate ".Length..]) : null;

    public string? Info => One("authentication-info");

    public string Error
    {
        get
        {
            Assert.True(RefusalValue.TryParse(Challenge, out var value));
            return value.Error;
        }
    }

    public bool Proves(PreparedCall call) => AnswerValue.TryParse(Info, out var answer) && call.IsAnsweredBy(answer.Mic.Span, answer.Token);

    public bool ProvesRefusalOf(PreparedCall call) =>
        RefusalValue.TryParse(Challenge, out var value) && call.IsRefusedBy(value.Mic.Span, value.Error, value.KrbError.Span);

    /// <summary>Refused before any handler ran, trailers-only.</summary>
    public void AssertRefused(StatusCode status, string challenge, string text)
    {
        Assert.Equal(status, Status.StatusCode);
        Assert.Equal(challenge, Challenge);
        Assert.Equal(text, Status.Detail);
    }

    private static bool IsNegotiate(string value) => value.StartsWith("Negotiate ", StringComparison.Ordinal);

    private string? One(string key, Func<string, bool>? which = null)
    {
        var values = Headers.Where(e => e.Key == key).Select(static e => e.Value).Where(which ?? (static _ => true)).ToList();
        return values.Count == 0 ? null : Assert.Single(values);
    }
}
