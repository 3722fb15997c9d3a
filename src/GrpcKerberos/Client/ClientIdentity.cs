using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Client;

/// <summary>The identity that settings, environment and krb5.conf describe. It is found at the first call, and again until it is found.</summary>
internal sealed class ClientIdentity(ClientSettings settings, Func<string, string?> environment, ClientLog log, ClientMetrics metrics) : ITickets
{
    private const string Loaded = "LoadKeytab";

    private readonly Lock _lock = new();
    private readonly RenewalFailures _failures = new();
    private Found? _found;
    private bool _disposed;
    private int _told;

    public IEnumerable<ServiceTicket> AtHand => Volatile.Read(ref _found)?.Source.Tickets ?? [];

    /// <summary>krb5.conf as it was found.</summary>
    /// <exception cref="KerberosException">It cannot be read.</exception>
    public Krb5Config Config => Find().Config;

    /// <summary>Who logs in, and where that comes from.</summary>
    /// <exception cref="KerberosException">krb5.conf cannot be read.</exception>
    public ILogin Login => Find().Login;

    /// <summary>The realm of the client; null where nothing says it.</summary>
    /// <exception cref="KerberosException">krb5.conf cannot be read.</exception>
    public string? Realm
    {
        get
        {
            var found = Find();
            return Principal(found.Config)?.Realm ?? settings.Realm ?? found.Login.Client?.Realm ?? found.Config.DefaultRealm;
        }
    }

    public string? RealmOf(string host)
    {
        if (settings.Realm is { } realm) return realm;
        var found = Find();
        // Where nothing names it, the client's own KDC is asked: it knows, or refers to the realm that does.
        return found.Config.RealmOf(host) ?? Principal(found.Config)?.Realm ?? found.Login.Client?.Realm ?? found.Config.DefaultRealm;
    }

    public async ValueTask<ServiceTicket> GetAsync(KerberosPrincipal service, CancellationToken cancellationToken)
    {
        var found = Find();
        var ticket = await found.Source.GetAsync(service, cancellationToken).ConfigureAwait(false);
        if (settings.Principal is not null && Principal(found.Config) is { } wanted && !wanted.Equals(ticket.Client) && !found.Login.LoggedInAs(wanted))
            throw new KerberosException(KerberosError.NoCredentials, ClientMessages.OtherClient(found.Login.Source, ticket.Client, wanted));
        if (Interlocked.Exchange(ref _told, 1) == 0) log.CredentialsFound(ticket.Client, found.Login.Source, ticket.Ends.ToString());
        return ticket;
    }

    public TicketStanding StandingOf(ServiceTicket ticket) => new(_failures.Of(ticket), Find().Kdc.Clock.Offset, Find().Kdc.ClockSkew);

    public KdcStanding KdcOf(KerberosPrincipal client) => Find().Probe.Look(client.Realm);

    public void Forget(ServiceTicket ticket) => Find().Source.Forget(ticket);

    public void ForgetLogin(ServiceTicket ticket) => Find().Source.ForgetLogin(ticket);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _found?.Source.Dispose();
            _found?.Probe.Dispose();
        }
    }

    private Found Find()
    {
        if (Volatile.Read(ref _found) is { } known) return known;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(KerberosClientInterceptor));
            return _found ??= Look();
        }
    }

    private Found Look()
    {
        var config = Krb5Config.Load(settings.Krb5Config, environment);
        var events = Events();
        var kdc = KdcClient.Create(config, settings.Realm, settings.Kdcs, settings.EncryptionTypes, settings.KdcTimeout, settings.TimeProvider, events, Armory(config));
        var login = MakeLogin(config, kdc, events);
        return new Found(config, login, new TicketSource(login, kdc, settings.TimeProvider, events), kdc, new KdcProbe(kdc, settings.TimeProvider));
    }

    private ILogin MakeLogin(Krb5Config config, KdcClient kdc, KdcEvents events)
    {
        if (settings.LoadKeytab is { } load) return KeytabLogin(config, ct => ReadKeytabAsync(load, ct), Loaded, kdc, events);
        var file = ClientKeytabLocation.Resolve(settings.Keytab, config, environment);
        var keytab = file is null || settings.CredentialCache is not null
            ? null
            : KeytabLogin(config, _ => ValueTask.FromResult(KeytabLoader.Load(file)), file.ToString(), kdc, events);
        if (settings.Keytab is not null) return keytab!;
        var chooser = new CredentialCacheChooser(() => Principal(config));
        var cache = new CacheLogin(
            () => CredentialCacheLocation.Resolve(settings.CredentialCache, config, environment, choose: chooser.Choose), settings.TimeProvider, settings.EncryptionTypes);
        return new DefaultLogin(cache, keytab);
    }

    private Armory Armory(Krb5Config config)
    {
        var host = ServerKeytabLocation.Resolve(null, "", config, environment);
        var cache = settings.ArmorCredentialCache is not { } named ? null : new CacheLogin(
            () => CredentialCacheLocation.Resolve(named, config, environment, "KerberosClientOptions.ArmorCredentialCache"), settings.TimeProvider, settings.EncryptionTypes);
        return new Armory(cache, () => KeytabLoader.Load(host), host.ToString());
    }

    private KeytabLogin KeytabLogin(Krb5Config config, Func<CancellationToken, ValueTask<Keytab>> read, string description, KdcClient kdc, KdcEvents events) =>
        new(Principal(config), read, description, kdc, events);

    private static async ValueTask<Keytab> ReadKeytabAsync(Func<CancellationToken, ValueTask<ReadOnlyMemory<byte>>> load, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> octets;
        try
        {
            octets = await load(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException and not KerberosException)
        {
            throw new KerberosException(KerberosError.KeytabUnusable, $"LoadKeytab failed: {e.Message} Next: see why; it is asked again with the next call.", e);
        }

        return KeytabFile.Read(octets.Span, Loaded);
    }

    private KerberosPrincipal? Principal(Krb5Config config)
    {
        if (settings.Principal is not { } name) return null;
        return KerberosPrincipal.TryParse(name, settings.Realm ?? config.DefaultRealm, out var principal)
            ? principal
            : throw new KerberosException(KerberosError.ConfigurationInvalid, ClientMessages.NoRealm(name));
    }

    private KdcEvents Events() => new()
    {
        TicketObtained = (ticket, kdc, elapsed) =>
        {
            _failures.Clear(ticket);
            if (ticket.Service.Realm == ticket.Client.Realm) Volatile.Read(ref _found)?.Probe.Answered(kdc);
            log.TicketObtained(
                ticket.Service, ticket.Ticket.EncPart.KeyVersion, ticket.Ticket.EncPart.Type.ToMitName(), ticket.Ticket.Encoded.Length, kdc.ToString(), elapsed.TotalMilliseconds);
        },
        KdcAsked = metrics.KdcAsked,
        KdcFailed = (kdc, reason) => log.KdcFailed(kdc.ToString(), reason),
        ClockCorrected = (offset, kdc) => log.ClockOffset(offset, kdc.ToString()),
        RenewalFailed = (ticket, error, delay) =>
        {
            _failures.Note(ticket, error);
            log.RenewalFailed(ticket.Service, error.Message, ticket.Ends.ToString(), delay);
        },
    };

    internal sealed record Found(Krb5Config Config, ILogin Login, TicketSource Source, KdcClient Kdc, KdcProbe Probe);
}
