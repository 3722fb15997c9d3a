using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What came of a call's proof; a feature of its HttpContext, so that no second door judges it again: that would be a replay.</summary>
internal sealed class CallVerdict
{
    private CallVerdict(string scheme, AcceptedCall? proved, CallRefusal? refusal)
    {
        Scheme = scheme;
        Proved = proved;
        Refusal = refusal;
    }

    /// <summary>The scheme that judged.</summary>
    public string Scheme { get; }

    /// <summary>What the answer is proved by, where the caller proved itself: of a call that the application refused too.</summary>
    public AcceptedCall? Proved { get; }

    public CallRefusal? Refusal { get; }

    public bool MayRun => Refusal is null;

    /// <summary>False where another scheme, with another keytab, may still know the key or the session.</summary>
    public bool IsFinal => Refusal is not { Error: KerberosError.TicketRefused or KerberosError.SessionUnknown };

    public static CallVerdict Accept(string scheme, AcceptedCall call) => new(scheme, call, null);

    public static CallVerdict Refuse(string scheme, CallRefusal refusal) => new(scheme, null, refusal);

    public static CallVerdict Decline(string scheme, AcceptedCall call, CallRefusal refusal) => new(scheme, call, refusal);
}
