using System.CommandLine;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Tool.Klist;
using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Commands;

/// <summary><c>klist [CACHE]</c> and <c>klist -k [KEYTAB]</c>.</summary>
internal static class KlistCommand
{
    public static Command Make(ToolHost host)
    {
        var file = SharedOptions.Argument("file");
        var keytab = new Option<bool>("--keytab", "-k");
        var all = new Option<bool>("--all", "-A");
        var config = SharedOptions.Krb5Config();
        var json = SharedOptions.Json();
        var command = new Command("klist") { file, keytab, all, config, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keytab) && result.GetValue(all)) result.AddError("--all is of credential caches, and --keytab lists no such.");
        });
        command.SetAction(parsed =>
        {
            var printer = new Printer(host, parsed.GetValue(json));
            try
            {
                var krb5 = Krb5Config.Load(parsed.GetValue(config), host.Environment);
                var listing = new Listings(krb5, host);
                if (parsed.GetValue(keytab)) printer.Print(listing.OfKeytab(parsed.GetValue(file)), ToolJson.Readable.KeytabListing, KlistText.Show);
                else printer.Print(listing.OfCaches(parsed.GetValue(file), parsed.GetValue(all)), ToolJson.Readable.CacheListing, KlistText.Show);
                return ExitCode.Passed;
            }
            catch (KerberosException e)
            {
                return printer.Fail(e);
            }
        });
        return command;
    }
}
