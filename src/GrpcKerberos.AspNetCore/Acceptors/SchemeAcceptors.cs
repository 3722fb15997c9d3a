using System.Collections.Concurrent;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Makes each scheme's acceptor once: at start, or, without a host, at the first call.</summary>
internal sealed class SchemeAcceptors(
    IEnumerable<KerberosScheme> schemes, IOptionsMonitor<KerberosAuthenticationOptions> options, ReplayCaches replayCaches, ILoggerFactory loggerFactory)
{
    private readonly string? _last = schemes.LastOrDefault()?.Name;
    private readonly ConcurrentDictionary<string, Lazy<Task<SchemeAcceptor>>> _acceptors = new(StringComparer.Ordinal);

    /// <summary>Whether no scheme of ours comes after this one.</summary>
    public bool IsLast(string scheme) => string.Equals(scheme, _last, StringComparison.Ordinal);

    /// <exception cref="OptionsValidationException">The options, krb5.conf or the keytab are not fit to serve with.</exception>
    public ValueTask<SchemeAcceptor> GetAsync(string scheme)
    {
        var making = _acceptors.GetOrAdd(scheme, static (name, self) => new Lazy<Task<SchemeAcceptor>>(() => self.MakeAsync(name)), this);
        return making is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } done } ? new(done.Result) : new(WaitAsync(scheme, making));
    }

    /// <summary>What failed is tried again at the next call: a secret may be mounted late.</summary>
    private async Task<SchemeAcceptor> WaitAsync(string scheme, Lazy<Task<SchemeAcceptor>> making)
    {
        try
        {
            return await making.Value.ConfigureAwait(false);
        }
        catch
        {
            _acceptors.TryRemove(KeyValuePair.Create(scheme, making));
            throw;
        }
    }

    private async Task<SchemeAcceptor> MakeAsync(string scheme)
    {
        var settings = options.Get(scheme);
        var timeProvider = settings.TimeProvider ?? TimeProvider.System;
        var (config, keytab) = await LoadAsync(scheme, settings).ConfigureAwait(false);
        var encryptionTypes = PolicyBuilder.EncryptionTypes(settings, config);
        Demand(scheme, settings, keytab, encryptionTypes);
        var log = new ServerLog(loggerFactory, timeProvider);
        log.KeytabLoaded(keytab.Source, keytab.Keys);
        foreach (var type in encryptionTypes.Where(static t => t == EncryptionType.Rc4Hmac)) log.WeakEncryptionAllowed(type.ToString());
        var policy = PolicyBuilder.Build(settings, encryptionTypes, keytab.Keys);
        var sessions = new SessionCache(settings.MaxSessions, settings.MaxClockSkew);
        var exchanges = new ApAcceptor(policy, replayCaches.For(timeProvider), new AcceptorClock(timeProvider), new ProcessSecret());
        return new SchemeAcceptor
        {
            Name = scheme,
            Calls = new CallAcceptor(exchanges, sessions, policy.ServicePrincipals.FirstOrDefault() ?? keytab.Keys.Principals[0]),
            Sessions = sessions,
            Keytab = keytab,
            Roles = new RoleMap(settings.Roles),
            Log = log,
            Options = settings,
        };
    }

    /// <summary>Those that serve already.</summary>
    public IEnumerable<SchemeAcceptor> Made => _acceptors.Values.Where(static a => a is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(static a => a.Value.Result);

    private static async Task<(Krb5Config Config, LoadedKeytab Keytab)> LoadAsync(string scheme, KerberosAuthenticationOptions settings)
    {
        try
        {
            var config = Krb5Config.Load(settings.Krb5Config, Environment.GetEnvironmentVariable);
            return (config, await KeytabSource.LoadAsync(settings, config, CancellationToken.None).ConfigureAwait(false));
        }
        catch (KerberosException e)
        {
            var setting = e.Error == KerberosError.KeytabUnusable ? KeytabSource.Setting(scheme) : $"{SettingsBinder.Section(scheme)}:{nameof(settings.Krb5Config)}";
            throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), [$"{setting}: {e.Message}"]);
        }
    }

    private static void Demand(string scheme, KerberosAuthenticationOptions settings, LoadedKeytab keytab, IReadOnlyList<EncryptionType> encryptionTypes)
    {
        string[] problems = encryptionTypes.Count == 0
            ? [$"{SettingsBinder.Section(scheme)}:{nameof(settings.EncryptionTypes)}: krb5.conf permits none of the built-in encryption types. Next: add aes to permitted_enctypes, or set EncryptionTypes."]
            : [.. KeytabCheck.Problems(keytab, settings, encryptionTypes).Select(p => $"{KeytabSource.Setting(scheme)}: {p}")];
        if (problems.Length > 0) throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), problems);
    }
}
