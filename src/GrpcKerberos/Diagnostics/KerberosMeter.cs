using System.Diagnostics.Metrics;
using GrpcKerberos.Protocol.Kdc;

namespace GrpcKerberos.Diagnostics;

/// <summary>What client and server call alike in metrics: the meter, its tags and their values. No tag ever names a caller.</summary>
internal static class KerberosMeter
{
    public const string Name = "GrpcKerberos";

    /// <summary>How a proof came: <see cref="ByHeader"/> and its neighbours.</summary>
    public const string Carrier = "kerberos.carrier";

    /// <summary>A service's principal: the keytab's on the server, the one called on the client.</summary>
    public const string Service = KerberosActivities.Service;

    /// <summary>Set where something failed, and only there: the name an error travels under.</summary>
    public const string ErrorType = KerberosActivities.ErrorType;

    /// <summary>A token beside the call.</summary>
    public const string ByHeader = "header";

    /// <summary>A MIC alone.</summary>
    public const string BySession = "session";

    /// <summary>A token of a stock GSS-API client beside the call.</summary>
    public const string ByNegotiate = "negotiate";

    /// <summary>A token in the message of Establish.</summary>
    public const string ByEstablish = "establish";

    /// <summary>Seconds: a MIC takes tens of microseconds, a token some hundreds, and a KDC or a shared replay cache milliseconds to seconds.</summary>
    public static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] };
}
