using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using GrpcKerberos.AspNetCore.Diagnostics;
using GrpcKerberos.AspNetCore.Settings;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Makes each scheme's acceptor once: at start, or, without a host, at the first call.</summary>
internal sealed class SchemeAcceptors : IDisposable
{
    private readonly string? _last;
    private readonly SchemeOptions _options;
    private readonly IAuthenticationConfigurationProvider _configuration;
    private readonly ReplayCaches _replayCaches;
    private readonly ILoggerFactory _loggerFactory;
    private readonly IMeterFactory _meterFactory;
    private readonly ConcurrentDictionary<string, Lazy<Task<SchemeAcceptor>>> _acceptors = new(StringComparer.Ordinal);
    private volatile bool _disposed;

    public SchemeAcceptors(
        IEnumerable<KerberosScheme> schemes,
        SchemeOptions options,
        IAuthenticationConfigurationProvider configuration,
        ReplayCaches replayCaches,
        ILoggerFactory loggerFactory,
        IMeterFactory meterFactory)
    {
        _last = schemes.LastOrDefault()?.Name;
        _options = options;
        _configuration = configuration;
        _replayCaches = replayCaches;
        _loggerFactory = loggerFactory;
        _meterFactory = meterFactory;
        ServerMetrics.Observe(meterFactory, () => Made.Sum(static a => (long)a.Sessions.Count), () => replayCaches.Count);
    }

    /// <summary>Those that serve already.</summary>
    public IEnumerable<SchemeAcceptor> Made =>
        _acceptors.Values.Where(static a => a is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(static a => a.Value.Result);

    /// <summary>Whether no scheme of ours comes after this one.</summary>
    public bool IsLast(string scheme) => string.Equals(scheme, _last, StringComparison.Ordinal);

    /// <exception cref="OptionsValidationException">The options, krb5.conf or the keytab are not fit to serve with.</exception>
    public ValueTask<SchemeAcceptor> GetAsync(string scheme)
    {
        var making = _acceptors.GetOrAdd(scheme, static (name, self) => new Lazy<Task<SchemeAcceptor>>(() => self.MakeAsync(name)), this);
        return making is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } done } ? new(done.Result) : new(WaitAsync(scheme, making));
    }

    /// <summary>A scheme goes by other settings, as <see cref="SchemeAcceptor.Adopt"/> says.</summary>
    public void Adopt(string scheme, LiveSettings live)
    {
        foreach (var made in Made.Where(a => a.Name == scheme)) made.Adopt(live);
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

    /// <summary>All schemes begin anew, as a restarted process does: no session, another secret, a later start. For tests.</summary>
    public async Task RestartAsync()
    {
        foreach (var (scheme, old) in _acceptors)
        {
            // In its place first: a call that comes while the new one is made waits for it, and none is judged by the old one after the new one's start.
            var live = old is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } before } ? before.Result.Live : null;
            var anew = new Lazy<Task<SchemeAcceptor>>(() => MakeAsync(scheme, live));
            if (!_acceptors.TryUpdate(scheme, anew, old)) continue;
            await anew.Value.ConfigureAwait(false);
            if (old is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } made }) made.Result.Keeper.Dispose();
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

    private async Task<SchemeAcceptor> MakeAsync(string scheme, LiveSettings? live = null)
    {
        var settings = _options.Get(scheme);
        var timeProvider = settings.TimeProvider ?? TimeProvider.System;
        // Before the keytab is read: entries of types nobody knows are left without a key.
        EncryptionProfile.Register(settings.EncryptionTypeProviders);
        var (config, keytab) = await LoadAsync(scheme, settings).ConfigureAwait(false);
        var encryptionTypes = PolicyBuilder.EncryptionTypes(settings, config);
        Demand(scheme, settings, keytab, encryptionTypes);
        var proxies = ProxyCertificates.Read(scheme, NameOf(scheme, nameof(settings.ChannelBindingCertificates)), settings.ChannelBindingCertificates);
        var log = new ServerLog(_loggerFactory, timeProvider);
        var metrics = new ServerMetrics(_meterFactory, timeProvider);
        log.KeytabLoaded(keytab.Source, keytab.Keys);
        foreach (var type in encryptionTypes.Where(static t => t == EncryptionType.Rc4Hmac)) log.WeakEncryptionAllowed(type.ToString());
        // One clock, replay cache, secret and store for all keytabs to come: what was seen under the old keys stays seen.
        var (cache, clock, secret) = (_replayCaches.For(timeProvider), new AcceptorClock(timeProvider), new ProcessSecret());
        var sessions = new SessionCache(settings.MaxSessions, settings.MaxClockSkew);
        var keeper = new KeytabKeeper(keytab, new KeytabReader(settings, encryptionTypes), timeProvider, log, metrics);
        keeper.Changed += change => sessions.EndWhere(s => change.Withdrawn(s.Service, s.KeyVersion, s.TicketEncryptionType));
        return new SchemeAcceptor
        {
            Name = scheme,
            Keeper = keeper,
            StateOf = StateOf,
            Sessions = sessions,
            Channels = new ChannelCertificates(settings.ChannelBinding, proxies),
            Log = log,
            Metrics = metrics,
            Options = settings,
            Live = live ?? new LiveSettings(settings),
        };

        AcceptorState StateOf(LoadedKeytab keys, LiveSettings current)
        {
            var policy = PolicyBuilder.Build(settings, current, config, encryptionTypes, keys.Keys);
            var service = policy.ServicePrincipals.FirstOrDefault() ?? keys.Keys.Principals[0];
            return new AcceptorState(keys, current, new CallAcceptor(new ApAcceptor(policy, cache, clock, secret), sessions, service));
        }
    }

    private async Task<(Krb5Config Config, LoadedKeytab Keytab)> LoadAsync(string scheme, KerberosAuthenticationOptions settings)
    {
        try
        {
            var config = Krb5Config.Load(settings.Krb5Config, Environment.GetEnvironmentVariable);
            return (config, await KeytabSource.LoadAsync(settings, config, CancellationToken.None).ConfigureAwait(false));
        }
        catch (KerberosException e)
        {
            var setting = e.Error == KerberosError.KeytabUnusable
                ? KeytabName(scheme, settings)
                : NameOf(scheme, nameof(settings.Krb5Config), settings.Krb5Config is not null);
            throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), [$"{setting}: {e.Message}"]);
        }
    }

    private void Demand(string scheme, KerberosAuthenticationOptions settings, LoadedKeytab keytab, IReadOnlyList<EncryptionType> encryptionTypes)
    {
        string[] problems = encryptionTypes.Count == 0
            ? [$"{NameOf(scheme, nameof(settings.EncryptionTypes), isSetInCode: false)}: krb5.conf permits none of the built-in encryption types. "
                + "Next: add aes to permitted_enctypes, or set EncryptionTypes."]
            : [.. KeytabCheck.Problems(keytab, settings, encryptionTypes).Select(p => $"{KeytabName(scheme, settings)}: {p}")];
        if (problems.Length > 0) throw new OptionsValidationException(scheme, typeof(KerberosAuthenticationOptions), problems);
    }

    private string KeytabName(string scheme, KerberosAuthenticationOptions settings) =>
        NameOf(scheme, KeytabSource.Setting(settings), settings.LoadKeytab is not null || settings.Keytab is not null);

    private string NameOf(string scheme, string key, bool isSetInCode = true) => ServerSettings.Name(_configuration, scheme, key, isSetInCode);
}
