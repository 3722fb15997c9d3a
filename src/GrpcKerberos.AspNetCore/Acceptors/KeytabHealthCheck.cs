using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Healthy with a usable key in memory; degraded where the keytab would not do any more, since the next start would fail.</summary>
internal sealed class KeytabHealthCheck(IEnumerable<KerberosScheme> schemes, SchemeAcceptors acceptors) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        string? degraded = null;
        var count = 0;
        foreach (var scheme in schemes)
        {
            count++;
            try
            {
                var keeper = (await acceptors.GetAsync(scheme.Name).ConfigureAwait(false)).Keeper;
                var keytab = keeper.Current;
                data[$"{scheme.Name}.kvno"] = keytab.Keys.Entries.Max(static e => e.KeyVersion);
                data[$"{scheme.Name}.principals"] = string.Join(", ", keytab.Keys.Principals);
                degraded ??= await keeper.FindProblemAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OptionsValidationException e)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, e.Message, data: data);
            }
        }

        if (count == 0) return new HealthCheckResult(context.Registration.FailureStatus, "There is no Kerberos scheme. Next: add AddAuthentication().AddKerberos().");
        return degraded is null ? HealthCheckResult.Healthy("Keys are in memory.", data) : HealthCheckResult.Degraded(degraded, data: data);
    }
}
