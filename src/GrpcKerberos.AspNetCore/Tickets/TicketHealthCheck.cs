using GrpcKerberos.Client;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Tickets;

/// <summary>
/// Healthy with a ticket for the service; degraded where calls will fail by and by: it was not or cannot be renewed, or the clocks drift apart.
/// </summary>
internal sealed class TicketHealthCheck(IServiceProvider services, string servicePrincipal) : IHealthCheck
{
    private const string NoClient = "No Kerberos client is registered, or named ones alone. Next: add services.AddKerberosClient(…), the one without a name.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Made here and not before: options that are wrong are this check's failure, not that of all checks.
            if (services.GetService<KerberosClientInterceptor>() is not { } client) return new HealthCheckResult(context.Registration.FailureStatus, NoClient);
            var ticket = await client.GetTicketAsync(servicePrincipal, cancellationToken).ConfigureAwait(false);
            return Judge(ticket, client.KdcOf(ticket.Client));
        }
        catch (Exception e) when (e is KerberosException or OptionsValidationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message);
        }
    }

    private static HealthCheckResult Judge(KerberosTicketInfo ticket, KdcStanding kdc)
    {
        var end = new KerberosTime(ticket.Ends).ToString();
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["end"] = end, ["enctype"] = ticket.TicketEncryptionType.ToMitName() };
        if (ticket.KeyVersion is { } version) data["kvno"] = version;
        if (kdc.Kdc is { } answered) data["kdc"] = answered.ToString();
        var skew = kdc.Offset ?? (ticket.Standing.KdcOffset == TimeSpan.Zero ? null : ticket.Standing.KdcOffset);
        if (skew is { } measured) data["skew"] = measured;
        var holds = $"The ticket for {ticket.Service} holds until {end}";
        var problem = ticket.Standing.RenewalFailure is { } failure ? $"{holds} but could not be renewed: {failure.Message}"
            : kdc.Failure is { } away ? $"{holds}, and could not be renewed now: {away.Message}"
            : skew is { } offset && offset.Duration() > ticket.Standing.ClockSkew / 2 ? Apart(offset, ticket.Standing.ClockSkew)
            : null;
        return problem is null
            ? HealthCheckResult.Healthy($"A ticket for {ticket.Service} is at hand.", data)
            : HealthCheckResult.Degraded(problem, data: data);
    }

    /// <summary>
    /// Logins and tokens are corrected by what the KDC and services say; other programs of this host, and the services that it offers, are not.
    /// </summary>
    private static string Apart(TimeSpan offset, TimeSpan limit) =>
        $"{ClockText.Apart(offset, "the KDC's", limit)}. Next: {ClockText.Mend}";
}
