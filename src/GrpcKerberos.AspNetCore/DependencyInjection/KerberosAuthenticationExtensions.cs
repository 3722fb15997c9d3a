using Grpc.AspNetCore.Server;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The one line a server needs: <c>AddAuthentication().AddKerberos()</c>.</summary>
public static class KerberosAuthenticationExtensions
{
    /// <summary>Scheme <c>Kerberos</c>, with options from <c>Authentication:Schemes:Kerberos</c>.</summary>
    public static AuthenticationBuilder AddKerberos(this AuthenticationBuilder builder) =>
        builder.AddKerberos(KerberosDefaults.AuthenticationScheme, null, null);

    /// <summary>A scheme of this name, with options from <c>Authentication:Schemes:{scheme}</c>.</summary>
    public static AuthenticationBuilder AddKerberos(this AuthenticationBuilder builder, string authenticationScheme) =>
        builder.AddKerberos(authenticationScheme, null, null);

    /// <summary>Scheme <c>Kerberos</c>; what is configured in code comes after the configuration.</summary>
    public static AuthenticationBuilder AddKerberos(this AuthenticationBuilder builder, Action<KerberosAuthenticationOptions> configureOptions) =>
        builder.AddKerberos(KerberosDefaults.AuthenticationScheme, null, configureOptions);

    /// <summary>A scheme of this name; what is configured in code comes after the configuration.</summary>
    public static AuthenticationBuilder AddKerberos(this AuthenticationBuilder builder, string authenticationScheme, Action<KerberosAuthenticationOptions> configureOptions) =>
        builder.AddKerberos(authenticationScheme, null, configureOptions);

    /// <summary>A scheme of this name, shown as <paramref name="displayName"/>; what is configured in code comes after the configuration.</summary>
    /// <remarks>Brings the scheme, the interceptor (first of all), authorization, and the checks at start.</remarks>
    public static AuthenticationBuilder AddKerberos(
        this AuthenticationBuilder builder, string authenticationScheme, string? displayName, Action<KerberosAuthenticationOptions>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(authenticationScheme);
        var services = builder.Services;
        services.AddSingleton(new KerberosScheme(authenticationScheme));
        services.AddAuthorization();
        AddShared(services);
        services.AddOptions<KerberosAuthenticationOptions>(authenticationScheme).ValidateOnStart();
        return builder.AddScheme<KerberosAuthenticationOptions, KerberosAuthenticationHandler>(authenticationScheme, displayName, configureOptions);
    }

    private static void AddShared(IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(static s => new ReplayCaches(s.GetService<IReplayCache>()));
        services.TryAddSingleton<SchemeOptions>();
        services.TryAddSingleton<SchemeAcceptors>();
        services.TryAddSingleton(static s => new KerberosSessions(s.GetRequiredService<SchemeAcceptors>()));
        services.TryAddSingleton(static s => new KerberosServerInterceptor(s.GetServices<KerberosScheme>(), s.GetRequiredService<SchemeAcceptors>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KerberosAuthenticationOptions>, SettingsBinder>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KerberosAuthenticationOptions>, OptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<GrpcServiceOptions>, InterceptorFirst>());
        services.AddHostedService<StartupCheck>();
        services.AddHostedService<StartupWarnings>();
        services.AddHostedService<SettingsWatch>();
    }
}
