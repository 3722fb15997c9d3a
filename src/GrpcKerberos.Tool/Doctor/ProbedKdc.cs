using System.Globalization;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>A KDC that was asked.</summary>
/// <param name="Kdc">Which one.</param>
/// <param name="Elapsed">How long that took.</param>
/// <param name="Offset">Its clock less this host's; null where it did not tell.</param>
/// <param name="Failure">Why there is no answer, in a word or two; null where there is one.</param>
internal sealed record ProbedKdc(KdcAddress Kdc, TimeSpan Elapsed, TimeSpan? Offset, string? Failure)
{
    /// <summary><c>dc1.corp.example:88 in 3 ms, clock +0.2 s</c>.</summary>
    public override string ToString()
    {
        if (Failure is not null) return $"{Kdc} {Failure}";
        var clock = Offset is { } offset ? $", clock {(offset < TimeSpan.Zero ? "-" : "+")}{offset.Duration().TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Kdc} in {Math.Ceiling(Elapsed.TotalMilliseconds):0} ms{clock}");
    }
}
