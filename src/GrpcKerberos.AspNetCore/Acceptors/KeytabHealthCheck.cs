using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Healthy with a usable key in memory; degraded where the next start would fail, the keytab having become unfit, or the replay cache fills.</summary>
internal sealed class KeytabHealthCheck(IEnumerable<KerberosScheme> schemes, SchemeAcceptors acceptors, ReplayCaches replayCaches) : IHealthCheck
{
    private const double NearlyFull = 0.8;

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
        if (replayCaches.Fullest() is { } fill)
        {
            data["replay_cache.entries"] = fill.Entries;
            data["replay_cache.capacity"] = fill.Capacity;
            if (fill.Entries >= fill.Capacity * NearlyFull) degraded ??= Filling(fill.Entries, fill.Capacity);
        }

        return degraded is null ? HealthCheckResult.Healthy("Keys are in memory.", data) : HealthCheckResult.Degraded(degraded, data: data);
    }

    private static string Filling(int entries, int capacity) =>
        string.Create(CultureInfo.InvariantCulture, $"The replay cache holds {entries:N0} of {capacity:N0} proofs; ")
        + "full, it has tokens refused (RESOURCE_EXHAUSTED). "
        + "Next: see who sends a token a call (event 110, at Debug): a client that keeps its session sends one in hours.";
}
