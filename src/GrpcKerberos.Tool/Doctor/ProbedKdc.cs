using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Tool.Doctor;

/// <summary>A KDC that was asked.</summary>
/// <param name="Kdc">Which one.</param>
/// <param name="IsOfDns">Whether DNS named it, and not krb5.conf.</param>
/// <param name="Elapsed">How long that took.</param>
/// <param name="Offset">Its clock less this host's; null where it did not tell.</param>
/// <param name="Failure">Why there is no answer, in a word or two; null where there is one.</param>
internal sealed record ProbedKdc(KdcAddress Kdc, bool IsOfDns, TimeSpan Elapsed, TimeSpan? Offset, string? Failure)
{
    /// <summary><c>dc1.corp.example:88 in 3 ms (DNS), clock +0.2 s</c>.</summary>
    public override string ToString()
    {
        if (Failure is not null) return $"{Kdc} {Failure}";
        // Near zero there is a sign too: +0.0.
        var clock = Offset is { } offset ? Invariant($", clock {(offset < TimeSpan.Zero ? "-" : "+")}{offset.Duration().TotalSeconds:0.0} s") : "";
        return Invariant($"{Kdc} in {Math.Ceiling(Elapsed.TotalMilliseconds):0} ms{(IsOfDns ? " (DNS)" : "")}{clock}");
    }
}
