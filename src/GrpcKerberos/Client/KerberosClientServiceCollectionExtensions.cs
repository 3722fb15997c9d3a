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
        return services.AddKerberosClient(o => ClientOptionsBinder.Bind(section, Options.Options.DefaultName, o));
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
        return services.AddKerberosClient(name, o => ClientOptionsBinder.Bind(section, name, o));
    }

    private static OptionsBuilder<KerberosClientOptions> AddOptions(IServiceCollection services, string name)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KerberosClientOptions>, ClientOptionsRules>());
        return services.AddOptions<KerberosClientOptions>(name).ValidateOnStart();
    }

    private static KerberosClientInterceptor Make(IServiceProvider services, string name) =>
        new(services.GetRequiredService<IOptionsMonitor<KerberosClientOptions>>().Get(name), services.GetService<ILoggerFactory>(), services.GetService<IMeterFactory>());
}
