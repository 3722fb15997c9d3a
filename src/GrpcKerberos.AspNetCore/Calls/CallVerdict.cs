using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What came of a call's proof; a feature of its HttpContext, so that no second door judges it again: that would be a replay.</summary>
internal sealed class CallVerdict
{
    private CallVerdict(string scheme, AcceptedCall? proved, CallRefusal? refusal, byte[]? wrapped = null)
    {
        Wrapped = wrapped;
        Scheme = scheme;
        Proved = proved;
        Refusal = refusal;
    }

    /// <summary>The scheme that judged.</summary>
    public string Scheme { get; }

    /// <summary>What the answer is proved by, where the caller proved itself: of a call that the application refused too.</summary>
    public AcceptedCall? Proved { get; }

    public CallRefusal? Refusal { get; }

    /// <summary>The refusal of a policy, which comes after this verdict: the proof is good all the same.</summary>
    public CallRefusal? Forbidden { get; set; }

    /// <summary>The answer to a token that came wrapped, in the same wrapping, with a KRB_AP_REP where one was asked for; null where it came bare.</summary>
    public byte[]? Wrapped { get; }

    public bool MayRun => Refusal is null;

    /// <summary>False where another scheme, with another keytab, may still know the key or the session.</summary>
    public bool IsFinal => Refusal is not { Error: KerberosError.TicketRefused or KerberosError.SessionUnknown };

    public static CallVerdict Accept(string scheme, AcceptedCall call, byte[]? wrapped = null) => new(scheme, call, null, wrapped);

    public static CallVerdict Refuse(string scheme, CallRefusal refusal) => new(scheme, null, refusal);

    public static CallVerdict Decline(string scheme, AcceptedCall call, CallRefusal refusal, byte[]? wrapped = null) => new(scheme, call, refusal, wrapped);
}
