using GrpcKerberos.Protocol.ApExchange.Initiate;

namespace GrpcKerberos.Client;

/// <summary>A call sent again after a refusal: under the number it had, so that a server which ran it after all says so.</summary>
/// <param name="Refused">The attempt refused; null where a new ticket goes out, and with it all else is new.</param>
/// <param name="Form">What proves it now.</param>
/// <param name="Bound">The server-bound session that proves it; null: K's.</param>
internal sealed record Resend(Attempt? Refused, AttemptForm Form, BoundSession? Bound)
{
    public static Resend Anew { get; } = new(null, AttemptForm.Token, null);

    /// <summary>The number it has; null: one of its own.</summary>
    public ulong? Number { get; init; } = Refused?.Call.Number;

    /// <summary>What a retry by gRPC goes by: the session just proved, which may be kept for this call alone; null where there is none.</summary>
    public Resend? Retried => Bound is null ? null : this with { Number = null };
}
