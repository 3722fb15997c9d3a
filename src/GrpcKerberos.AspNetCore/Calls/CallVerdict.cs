using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What came of a call's proof; a feature of its HttpContext, so that no second door judges it again: that would be a replay.</summary>
internal sealed class CallVerdict
{
    private CallVerdict(string scheme, AcceptedExchange? exchange, CallRefusal? refusal)
    {
        Scheme = scheme;
        Exchange = exchange;
        Refusal = refusal;
    }

    /// <summary>The scheme that judged.</summary>
    public string Scheme { get; }

    public AcceptedExchange? Exchange { get; }

    public CallRefusal? Refusal { get; }

    /// <summary>False where another scheme, with another keytab, may still know the key.</summary>
    public bool IsFinal => Refusal is not { Error: KerberosError.TicketRefused };

    public static CallVerdict Accept(string scheme, AcceptedExchange exchange) => new(scheme, exchange, null);

    public static CallVerdict Refuse(string scheme, CallRefusal refusal) => new(scheme, null, refusal);
}
