using GrpcKerberos.AspNetCore.Acceptors;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health of what Kerberos rests on.</summary>
public static class KerberosHealthChecksBuilderExtensions
{
    /// <summary>Healthy with a usable key of each scheme in memory; degraded where the keytab file no longer reads.</summary>
    public static IHealthChecksBuilder AddKerberosKeytab(
        this IHealthChecksBuilder builder, string name = "kerberos-keytab", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            static s => new KeytabHealthCheck(s.GetServices<KerberosScheme>(), s.GetService<SchemeAcceptors>()!),
            failureStatus,
            tags,
            timeout));
    }
}
