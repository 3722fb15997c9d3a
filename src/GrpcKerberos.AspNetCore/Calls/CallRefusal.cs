using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>A call that will not run: what the peer is told, and what the log is told.</summary>
internal sealed record CallRefusal
{
    public required KerberosError Error { get; init; }

    public StatusCode Status { get; init; } = StatusCode.Unauthenticated;

    /// <summary>grpc-message.</summary>
    public required string Text { get; init; }

    /// <summary>The value of www-authenticate; null where it would tell nothing: the application could not decide.</summary>
    public string? Challenge { get; init; }

    /// <summary>A second value of www-authenticate, for who came by Negotiate; null where it is told nothing by that.</summary>
    public string? Negotiate { get; init; }

    /// <summary>For the log.</summary>
    public required string Step { get; init; }

    /// <summary>For the log.</summary>
    public required string Detail { get; init; }

    /// <summary>For the log: whom the authenticator names, where it was opened.</summary>
    public string? Principal { get; init; }

    public RefusalKind Kind { get; init; }

    public static CallRefusal Of(KerberosError error, string step, string detail) => new()
    {
        Error = error,
        Status = error == KerberosError.TokenTooLarge ? StatusCode.ResourceExhausted : StatusCode.Unauthenticated,
        Text = PeerText.Of(error),
        Challenge = new RefusalValue(error.ToWireName()).Format(),
        Step = step,
        Detail = detail,
    };

    /// <summary>A token that is wrapped in what this service does not unwrap. The peer is told which: its own octets say no less.</summary>
    public static CallRefusal Wrapping(string step, string problem) => Of(KerberosError.TokenMalformed, step, $"the token: {problem}") with { Text = PeerText.Wrapping(problem) };

    public static CallRefusal Of(RefusedCall refused)
    {
        var (refusal, answer) = refused;
        var error = refusal.Cause.Error();
        return new CallRefusal
        {
            Error = error,
            Status = refusal.Cause switch
            {
                ApRejection.TooLarge or ApRejection.ReplayCacheFull or ApRejection.SessionsFull or ApRejection.SessionShareUsedUp => StatusCode.ResourceExhausted,
                ApRejection.ReplayCacheUnavailable => StatusCode.Unavailable,
                _ => StatusCode.Unauthenticated,
            },
            Text = refusal.Cause switch
            {
                ApRejection.ProofWanted => PeerText.Prove,
                ApRejection.ChannelBindingMissing => PeerText.NotBound,
                _ => PeerText.Of(error),
            },
            Challenge = new RefusalValue(answer.Name) { KrbError = answer.KrbError, Mic = answer.Mic, Session = answer.Session, Token = answer.ApRep }.Format(),
            Step = refusal.Cause.ToString(),
            Detail = refusal.Detail,
            Principal = refused.Client?.ToString(),
            Kind = refusal.Cause switch
            {
                ApRejection.SessionUnknown or ApRejection.ProofWanted => RefusalKind.Ordinary,
                ApRejection.ReplayCacheUnavailable => RefusalKind.Outage,
                _ => RefusalKind.Refused,
            },
        };
    }

    public static CallRefusal Missing(string? otherScheme, bool takesNegotiate) => new()
    {
        Error = KerberosError.TokenMissing,
        Text = PeerText.Missing(otherScheme, takesNegotiate),
        Challenge = new RefusalValue(KerberosError.TokenMissing.ToWireName()).Format(),
        Step = "Header",
        Detail = otherScheme is null ? "the call carried no proof" : $"the call carried the scheme {otherScheme}",
        Kind = RefusalKind.Ordinary,
    };

    /// <summary>A request that no proof can come with.</summary>
    public static CallRefusal NotGrpc() => new()
    {
        Error = KerberosError.TokenMissing,
        Text = PeerText.NotGrpc,
        Challenge = new RefusalValue(KerberosError.TokenMissing.ToWireName()).Format(),
        Step = "Header",
        Detail = "the call came as plain HTTP, where nothing proves a caller",
        Kind = RefusalKind.Ordinary,
    };

    /// <summary>The application was asked about a caller, and failed: neither welcome nor turned away.</summary>
    public static CallRefusal Undecided(KerberosCaller caller, string step, string detail) => new()
    {
        Error = KerberosError.Unavailable,
        Status = StatusCode.Unavailable,
        Text = PeerText.Undecided,
        Step = step,
        Detail = detail,
        Principal = caller.Principal.ToString(),
        Kind = RefusalKind.FailedEvent,
    };

    public static CallRefusal NotAllowed(KerberosCaller? caller, string method, string step, string detail) => new()
    {
        Error = KerberosError.NotAllowed,
        Status = StatusCode.PermissionDenied,
        Text = PeerText.NotAllowed(method),
        Challenge = new RefusalValue(KerberosError.NotAllowed.ToWireName()).Format(),
        Step = step,
        Detail = detail,
        Principal = caller?.Principal.ToString(),
    };
}
