using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Healthy with a usable key in memory; degraded where the file no longer reads, since the next start would fail.</summary>
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
                var keytab = (await acceptors.GetAsync(scheme.Name).ConfigureAwait(false)).Keytab;
                data[$"{scheme.Name}.kvno"] = keytab.Keys.Entries.Max(static e => e.KeyVersion);
                data[$"{scheme.Name}.principals"] = string.Join(", ", keytab.Keys.Principals);
                degraded ??= Unreadable(keytab);
            }
            catch (OptionsValidationException e)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, e.Message, data: data);
            }
        }

        if (count == 0) return new HealthCheckResult(context.Registration.FailureStatus, "There is no Kerberos scheme. Next: add AddAuthentication().AddKerberos().");
        return degraded is null ? HealthCheckResult.Healthy("Keys are in memory.", data) : HealthCheckResult.Degraded(degraded, data: data);
    }

    private static string? Unreadable(LoadedKeytab keytab)
    {
        if (keytab.File is not { } file) return null;
        try
        {
            foreach (var entry in KeytabLoader.Load(file).Entries) entry.Key?.Dispose();
            return null;
        }
        catch (KerberosException e)
        {
            return e.Message;
        }
    }
}
