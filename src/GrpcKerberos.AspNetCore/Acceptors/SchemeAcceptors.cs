using System.Collections.Concurrent;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Identity;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Makes each scheme's acceptor once: at start, or, without a host, at the first call.</summary>
internal sealed class SchemeAcceptors(IOptionsMonitor<KerberosAuthenticationOptions> options, ReplayCaches replayCaches, ILoggerFactory loggerFactory)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<SchemeAcceptor>>> _acceptors = new(StringComparer.Ordinal);
    private volatile bool _disposed;

    /// <exception cref="OptionsValidationException">The options, krb5.conf or the keytab are not fit to serve with.</exception>
    public ValueTask<SchemeAcceptor> GetAsync(string scheme)
    {
        var making = _acceptors.GetOrAdd(scheme, static (name, self) => new Lazy<Task<SchemeAcceptor>>(() => self.MakeAsync(name)), this);
        return making is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } done } ? new(done.Result) : new(WaitAsync(scheme, making));
    }

    /// <summary>The keytabs are watched no longer.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var making in _acceptors.Values)
        {
            if (making is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } made }) made.Result.Keeper.Dispose();
        }
    }

    /// <summary>What failed is tried again at the next call: a secret may be mounted late.</summary>
    private async Task<SchemeAcceptor> WaitAsync(string scheme, Lazy<Task<SchemeAcceptor>> making)
    {
        try
        {
            var made = await making.Value.ConfigureAwait(false);
            if (_disposed) made.Keeper.Dispose();
            return made;
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
        // One clock and one replay cache for all keytabs to come: what was seen under the old keys stays seen.
        var (cache, clock) = (replayCaches.For(timeProvider), new AcceptorClock(timeProvider));
        return new SchemeAcceptor
        {
            Name = scheme,
            Keeper = new KeytabKeeper(keytab, new KeytabReader(settings, encryptionTypes), timeProvider, log),
            StateOf = keys => StateOf(keys, PolicyBuilder.Build(settings, encryptionTypes, keys.Keys), cache, clock),
            Roles = new RoleMap(settings.Roles),
            Log = log,
            MaxTokenBytes = settings.MaxTokenBytes,
            RequireAuthenticatedUser = settings.RequireAuthenticatedUser,
        };
    }

    private static AcceptorState StateOf(LoadedKeytab keytab, AcceptorPolicy policy, IReplayCache replayCache, AcceptorClock clock) => new(
        keytab, new ApAcceptor(policy, replayCache, clock), policy.ServicePrincipals.FirstOrDefault() ?? keytab.Keys.Principals[0]);

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
