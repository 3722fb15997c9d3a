using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>A refused exchange: its cause for the peer, its detail for the log, and what had been opened by then.</summary>
internal sealed class ApRefusal
{
    private ApRefusal(ApRejection cause, string detail, Authenticator? authenticator)
    {
        Cause = cause;
        Detail = detail;
        Authenticator = authenticator;
    }

    public ApRejection Cause { get; }

    /// <summary>For the log alone: principals, key versions, times, what to do next. Never a key or a token.</summary>
    public string Detail { get; }

    /// <summary>The authenticator, where it had been opened: then, and only then, the refusal can be proved.</summary>
    public Authenticator? Authenticator { get; }

    public static ApRefusal Of(ApRejection cause, string detail) => new(cause, detail, authenticator: null);

    public static ApRefusal Of(ApRejection cause, string detail, Authenticator opened) => new(cause, detail, opened);

    public ApRefusal WithOpened(Authenticator opened) => new(Cause, Detail, opened);

    public override string ToString() => $"{Cause}: {Detail}";
}
