using System.Diagnostics.Metrics;
using GrpcKerberos;
using GrpcKerberos.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="KerberosClientInterceptor"/>, one for each identity.</summary>
public static class KerberosClientServiceCollectionExtensions
{
    /// <summary>The login's identity, or what environment and krb5.conf name.</summary>
    public static IServiceCollection AddKerberosClient(this IServiceCollection services) => services.AddKerberosClient(static _ => { });

    /// <summary>An identity by code.</summary>
    public static IServiceCollection AddKerberosClient(this IServiceCollection services, Action<KerberosClientOptions> configure)
    {
        AddOptions(services, Options.Options.DefaultName).Configure(configure);
        services.TryAddSingleton(static s => Make(s, Options.Options.DefaultName));
        return services;
    }

    /// <summary>An identity by configuration; unknown keys are refused.</summary>
    public static IServiceCollection AddKerberosClient(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var read = AddSection(services, Options.Options.DefaultName, section);
        return services.AddKerberosClient(read.Read);
    }

    /// <summary>One of several identities, a keyed service by its name.</summary>
    public static IServiceCollection AddKerberosClient(this IServiceCollection services, string name, Action<KerberosClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        AddOptions(services, name).Configure(configure);
        services.TryAddKeyedSingleton(name, static (s, key) => Make(s, (string)key!));
        return services;
    }

    /// <summary>One of several identities, by configuration; unknown keys are refused.</summary>
    public static IServiceCollection AddKerberosClient(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(name);
        var read = AddSection(services, name, section);
        return services.AddKerberosClient(name, read.Read);
    }

    private static ClientSection AddSection(IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        var section = new ClientSection(name, configuration);
        services.AddSingleton(section);
        return section;
    }

    private static OptionsBuilder<KerberosClientOptions> AddOptions(IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KerberosClientOptions>, ClientOptionsRules>());
        return services.AddOptions<KerberosClientOptions>(name).ValidateOnStart();
    }

    private static KerberosClientInterceptor Make(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<KerberosClientOptions>>().Get(name);
        var section = services.GetServices<ClientSection>().LastOrDefault(s => s.Identity == name);
        Func<ClientLog, IDisposable?>? watch = section is null
            ? null
            : log => section.Watch(options, () => services.GetRequiredService<IOptionsFactory<KerberosClientOptions>>().Create(name), log);
        return new(KerberosClient.Create(options, services.GetService<ILoggerFactory>(), services.GetService<IMeterFactory>(), watch));
    }
}
