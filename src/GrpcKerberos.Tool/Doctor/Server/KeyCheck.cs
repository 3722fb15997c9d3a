using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tool.Output;
using GrpcKerberos.Tool.Tokens;

namespace GrpcKerberos.Tool.Doctor.Server;

/// <summary>Asks the KDC for a ticket to each name, and opens it with the keytab as the service would: the one test that settles it.</summary>
internal sealed class KeyCheck(ServerCase service) : ICheck
{
    public string Name => "key";

    public IReadOnlyList<string> Needs => ["entries", "clock"];

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var kdc = KdcClient.Create(service.Config, null, [], [], KdcSurvey.Patience, service.Host.Time);
        var (granting, source) = await new ServerLogin(service, kdc).GetAsync(cancellationToken).ConfigureAwait(false);
        var findings = new List<Finding>();
        foreach (var name in service.Names) findings.Add(await TryAsync(kdc, granting, source, name, cancellationToken).ConfigureAwait(false));
        return findings;
    }

    private async Task<Finding> TryAsync(KdcClient kdc, ServiceTicket granting, string source, KerberosPrincipal name, CancellationToken cancellationToken)
    {
        try
        {
            var ticket = await kdc.GetServiceTicketAsync(granting, name, cancellationToken).ConfigureAwait(false);
            return Judge(name, ticket, source, kdc.Clock);
        }
        catch (KerberosException e)
        {
            return Finding.Fail(Name, e);
        }
    }

    private Finding Judge(KerberosPrincipal name, ServiceTicket ticket, string source, KdcClock clock)
    {
        using var session = new InitiatorSession(ticket, new AuthenticatorClock(service.Host.Time), mutual: true);
        var token = session.Prepare("/", clock.Offset).Token!.Encoded;
        var policy = PolicyBuilder.Build(service.Options, new LiveSettings(service.Options), service.Config, service.Permitted, service.Keytab.Keys);
        return Acceptance.Judge(token, TokenFraming.ApReq, service.Keytab.Keys, policy, clock.Now).Passed(out var accepted, out var refusal)
            ? Finding.Ok(Name, $"{name}: the KDC seals with {Seal(ticket.Ticket)}, and {Opened(accepted, ticket.Ticket)} (asked by {source})")
            : Refused(name, ticket.Ticket, refusal);
    }

    private static string Seal(Ticket ticket)
    {
        var version = ticket.EncPart.KeyVersion is { } kvno ? Invariant($"kvno {kvno}, ") : "";
        return $"{version}{ticket.EncPart.Type.ToMitName()}";
    }

    private static string Opened(CheckedApReq accepted, Ticket ticket)
    {
        var entry = accepted.Opened.Ticket.OpenedBy;
        return entry.KeyVersion == ticket.EncPart.KeyVersion && ticket.IsFor(entry.Principal)
            ? "the keytab opens it"
            : Invariant($"the keytab opens it by its key of {entry.Principal}, kvno {entry.KeyVersion}");
    }

    private Finding Refused(KerberosPrincipal name, Ticket ticket, ApRefusal refusal)
    {
        var own = service.Keytab.Keys.Entries.Where(e => e.Principal.Equals(name) && e.Type == ticket.EncPart.Type);
        var newest = own.Select(static e => e.KeyVersion).DefaultIfEmpty().Max();
        if (refusal.Cause == ApRejection.KeyVersionUnknown && ticket.EncPart.KeyVersion > newest)
        {
            return Finding.Fail(
                Name,
                Invariant($"{name}: the KDC seals with kvno {ticket.EncPart.KeyVersion}, the keytab ends at kvno {newest}: ")
                + "the password changed after the export.",
                "export again (ktpass; kadmin ktadd) and replace the file; a running service picks it up.");
        }

        var (text, next) = Advice.Of(refusal.Detail);
        return Finding.Fail(Name, $"{name}: {text}", next ?? "look at what the text names; a service would refuse each call for it.");
    }
}
