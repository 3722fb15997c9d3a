using System.CommandLine;
using System.CommandLine.Parsing;
using GrpcKerberos.Protocol;
using GrpcKerberos.Tool.Doctor;
using GrpcKerberos.Tool.Doctor.Client;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Commands;

/// <summary><c>doctor client</c>: configuration, kdc, credentials; with a service ticket; with a target tls, exchange and call.</summary>
internal static class DoctorClientCommand
{
    public static Command Make(ToolHost host)
    {
        var target = new Option<string?>("--target");
        var name = new Option<string?>("--spn");
        var keytab = SharedOptions.Keytab();
        var principal = new Option<string?>("--principal");
        var cache = SharedOptions.Cache();
        var config = SharedOptions.Krb5Config();
        var trust = new Option<string?>("--trust");
        var json = SharedOptions.Json();
        target.Validators.Add(RequireUrl);
        var command = new Command("client") { target, name, keytab, principal, cache, config, trust, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(keytab) is not null && result.GetResult(cache) is not null) result.AddError("--keytab and --ccache are two logins: keep one of them.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new KerberosClientOptions
            {
                Keytab = parsed.GetValue(keytab),
                Principal = parsed.GetValue(principal),
                CredentialCache = parsed.GetValue(cache),
                Krb5Config = parsed.GetValue(config),
                TimeProvider = host.Time,
            };
            if (parsed.GetValue(name) is { } service) options.ServicePrincipal = service;
            var address = parsed.GetValue(target) is { } url ? new Uri(url) : null;
            return RunAsync(host, Case, parsed.GetValue(json), cancellationToken);

            ClientCase Case() => new(host, options, address, parsed.GetValue(name), CertificateTrust.Of(parsed.GetValue(trust)));
        });
        return command;
    }

    private static async Task<int> RunAsync(ToolHost host, Func<ClientCase> make, bool json, CancellationToken cancellationToken)
    {
        try
        {
            using var client = make();
            return await DoctorPrinter.RunAsync(host, json, "doctor client", Checks(client), cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e)
        {
            return new Printer(host, json).Fail(e);
        }
    }

    private static List<ICheck> Checks(ClientCase client)
    {
        List<ICheck> checks =
        [
            new ConfigurationCheck(client),
            new KdcCheck("kdc", ["configuration"], () => client.Identity.Config, () => client.Realm, client.Host.Time),
            new CredentialsCheck(client),
        ];
        if (client.NamesService) checks.Add(new TicketCheck(client));
        if (client.Target is not null) checks.AddRange([new TlsCheck(client), new ExchangeCheck(client), new CallCheck(client)]);
        return checks;
    }

    private static void RequireUrl(OptionResult result)
    {
        if (result.Tokens is not [{ Value: var text }]) return;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp))
            result.AddError($"--target \"{text}\" is no URL: it is written as https://orders.corp.example:5001.");
    }
}
