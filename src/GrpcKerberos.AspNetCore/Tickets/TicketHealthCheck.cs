using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Tickets;

/// <summary>Healthy with a ticket for the service; degraded where the one at hand could not be renewed, since calls fail once it ends.</summary>
internal sealed class TicketHealthCheck(IServiceProvider services, string servicePrincipal) : IHealthCheck
{
    private const string NoClient = "No Kerberos client is registered, or named ones alone. Next: add services.AddKerberosClient(…), the one without a name.";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Made here and not before: options that are wrong are this check's failure, not that of all checks.
            if (services.GetService<KerberosClientInterceptor>() is not { } client) return new HealthCheckResult(context.Registration.FailureStatus, NoClient);
            return Judge(await client.GetTicketAsync(servicePrincipal, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is KerberosException or OptionsValidationException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message);
        }
    }

    private static HealthCheckResult Judge(KerberosTicketInfo ticket)
    {
        var end = new KerberosTime(ticket.Ends).ToString();
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["end"] = end, ["enctype"] = ticket.TicketEncryptionType.ToMitName() };
        if (ticket.KeyVersion is { } version) data["kvno"] = version;
        if (ticket.Standing.KdcOffset != TimeSpan.Zero) data["skew"] = ticket.Standing.KdcOffset;
        return ticket.Standing.RenewalFailure is { } failure
            ? HealthCheckResult.Degraded($"The ticket for {ticket.Service} holds until {end} but could not be renewed: {failure.Message}", data: data)
            : HealthCheckResult.Healthy($"A ticket for {ticket.Service} is at hand.", data);
    }
}
