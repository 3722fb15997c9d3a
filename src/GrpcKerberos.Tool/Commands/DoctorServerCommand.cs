using System.CommandLine;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Tool.Doctor;
using GrpcKerberos.Tool.Doctor.Server;

namespace GrpcKerberos.Tool.Commands;

/// <summary><c>doctor server</c>: file, entries, clock, key.</summary>
internal static class DoctorServerCommand
{
    public static Command Make(ToolHost host)
    {
        var keytab = SharedOptions.Keytab();
        var names = new Option<string[]>("--spn") { DefaultValueFactory = static _ => [] };
        var cache = SharedOptions.Cache();
        var config = SharedOptions.Krb5Config();
        var json = SharedOptions.Json();
        var command = new Command("server") { keytab, names, cache, config, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new KerberosAuthenticationOptions { Keytab = parsed.GetValue(keytab), Krb5Config = parsed.GetValue(config) };
            foreach (var name in parsed.GetValue(names)!) options.ServicePrincipals.Add(name);
            var service = new ServerCase(host, options, parsed.GetValue(cache));
            return DoctorPrinter.RunAsync(host, parsed.GetValue(json), "doctor server", Checks(service), cancellationToken);
        });
        return command;
    }

    private static ICheck[] Checks(ServerCase service) =>
    [
        new FileCheck(service),
        new EntriesCheck(service),
        new KdcCheck("clock", ["entries"], () => service.Config, () => service.Names[0].Realm, service.Host.Time),
        new KeyCheck(service),
    ];
}
