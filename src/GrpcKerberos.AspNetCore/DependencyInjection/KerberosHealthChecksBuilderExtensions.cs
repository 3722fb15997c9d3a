using GrpcKerberos;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Tickets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health of what Kerberos rests on.</summary>
public static class KerberosHealthChecksBuilderExtensions
{
    /// <summary>
    /// Healthy with a usable key of each scheme in memory; degraded where the keytab file no longer reads, or the replay cache in memory is four fifths full.
    /// Data: <c>{scheme}.kvno</c>, <c>{scheme}.principals</c>, <c>replay_cache.entries</c> and <c>replay_cache.capacity</c>;
    /// the last two not with an <c>IReplayCache</c> of yours.
    /// </summary>
    public static IHealthChecksBuilder AddKerberosKeytab(
        this IHealthChecksBuilder builder, string name = "kerberos-keytab", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name,
            static s => new KeytabHealthCheck(s.GetServices<KerberosScheme>(), s.GetService<SchemeAcceptors>()!, s.GetService<ReplayCaches>()!),
            failureStatus,
            tags,
            timeout));
    }

    /// <summary>
    /// Healthy with a ticket for a service within the timeout, by the client that <c>AddKerberosClient</c> registered without a name; degraded where the
    /// ticket at hand still holds but its renewal failed, where no KDC of the client's realm answers, and where the KDC's clock is further from
    /// this host's than half of what is allowed. Data: <c>end</c>, <c>kvno</c>, <c>enctype</c>, <c>kdc</c> (the last that answered), and <c>skew</c> (the
    /// KDC's clock less this
    /// host's). KDCs are asked behind the check, once a minute at most: the next check tells.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="servicePrincipal"><c>HTTP/ledger.corp.example</c>, with or without its realm.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What is reported where there is no ticket; null is <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">To filter by.</param>
    /// <param name="timeout">How long to wait for the KDC; null waits as long as <see cref="KerberosClientOptions.KdcTimeout"/> lets it.</param>
    public static IHealthChecksBuilder AddKerberosTicket(
        this IHealthChecksBuilder builder,
        string servicePrincipal,
        string name = "kerberos-ticket",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(servicePrincipal);
        return builder.Add(new HealthCheckRegistration(name, s => new TicketHealthCheck(s, servicePrincipal), failureStatus, tags, timeout));
    }
}
