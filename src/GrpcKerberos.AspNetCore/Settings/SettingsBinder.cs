using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Reads <c>Authentication:Schemes:{scheme}</c> into the scheme's options; what code sets comes after it.</summary>
internal sealed class SettingsBinder(IAuthenticationConfigurationProvider configuration) : IConfigureNamedOptions<KerberosAuthenticationOptions>
{
    public void Configure(KerberosAuthenticationOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, KerberosAuthenticationOptions options)
    {
        if (string.IsNullOrEmpty(name)) return;
        var problems = ServerSettings.Table.Read(configuration.GetSchemeConfiguration(name), options);
        if (problems.Count > 0) throw new OptionsValidationException(name, typeof(KerberosAuthenticationOptions), problems);
    }
}
