using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Testing.Kdc;
using GrpcKerberos.Testing.Sockets;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing;

/// <summary>
/// A Kerberos realm of its own inside the test process: a KDC on a free loopback port (TCP and UDP), real keytabs and a real krb5.conf.
/// MIT's kinit and kvno work with it too. Any number of realms may run at once.
/// </summary>
/// <remarks>For tests: it pre-authenticates clients as a real KDC does, but keeps its keys in memory and in a temporary folder.</remarks>
public sealed class TestRealm : IAsyncDisposable
{
    private readonly KdcService _kdc;
    private readonly KdcListener _listener;
    private readonly RealmFiles _files;
    private readonly IReadOnlyList<EncryptionType> _types;

    private TestRealm(KdcService kdc, KdcListener listener, RealmFiles files, IReadOnlyList<EncryptionType> types)
    {
        _kdc = kdc;
        _listener = listener;
        _files = files;
        _types = types;
    }

    /// <summary>Starts a realm; dispose it to stop its KDC and delete its files.</summary>
    /// <param name="realm">Its name, by custom in upper case.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ArgumentException">The name is no realm, or an option is out of range.</exception>
    public static Task<TestRealm> StartAsync(
        string realm = "TEST.LOCAL", Action<TestRealmOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(realm);
        var options = new TestRealmOptions();
        configure?.Invoke(options);
        RequireRealm(realm);
        if (options.TicketLifetime < TimeSpan.FromSeconds(1) || options.TicketLifetime > TimeSpan.FromDays(366))
            throw new ArgumentOutOfRangeException(nameof(configure), options.TicketLifetime, $"TicketLifetime is {options.TicketLifetime}. Next: 1 second to 366 days.");
        EncryptionProfile.Register(options.EncryptionTypeProviders);
        return Task.Run(() => Start(realm, options), cancellationToken);
    }

    /// <summary>The realm's name: <c>TEST.LOCAL</c>.</summary>
    public string Name => _kdc.Database.Realm;

    /// <summary>Where the KDC listens: <c>127.0.0.1:port</c>, TCP and UDP.</summary>
    public string Kdc => _listener.EndPoint.ToString();

    /// <summary>The path of a krb5.conf that knows this realm and nothing else: for KRB5_CONFIG, or the Krb5Config options.</summary>
    public string Krb5Config => _files.Krb5Config;

    /// <summary>The folder of the realm's files, mode 0700, deleted with the realm. Tests may put their own into it.</summary>
    public string Directory => _files.Directory;

    /// <summary>What is wrong with the KDC from now on. May be changed at any time, by any thread.</summary>
    /// <exception cref="ObjectDisposedException">The realm is disposed.</exception>
    public KdcFault Fault
    {
        get => _listener.Fault;
        set => _listener.Fault = value;
    }

    /// <summary>How many requests the KDC has received since the start, answered or not.</summary>
    public int RequestCount => _listener.RequestCount;

    /// <summary>Adds a user, who can log in by keytab, or by password where one is set.</summary>
    /// <param name="name">Its name, <c>alice</c>; the realm may be left out.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">The name is no principal of this realm, or is there already; a SID is none.</exception>
    public TestAccount AddUser(string name, Action<TestAccountOptions>? configure = null) => Add(name, configure);

    /// <summary>Adds a service, for which clients get tickets, and which can log in as a client itself.</summary>
    /// <param name="principal">Its name, <c>HTTP/localhost</c>; the realm may be left out.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="ArgumentException">The name is no principal of this realm, or is there already; a SID is none.</exception>
    public TestAccount AddService(string principal, Action<TestAccountOptions>? configure = null) => Add(principal, configure);

    /// <summary>Stops the KDC, ends its connections and deletes the realm's files.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _files.Delete();
        }
    }

    /// <summary>A ticket without asking the KDC; every field may be changed before it is sealed. The service must be one of the realm's.</summary>
    internal ServiceTicket IssueTicket(KerberosPrincipal client, KerberosPrincipal service, Action<TicketTemplate>? change = null)
    {
        var account = _kdc.Database.Find(service) ?? throw new ArgumentException($"{service} is not in the realm. Next: AddService.", nameof(service));
        var template = new TicketTemplate(client, service, _kdc.Now, _kdc.TicketLifetime, account.RequireKey) { Pac = _kdc.Database.PacOf(client, account) };
        change?.Invoke(template);
        return template.Issue();
    }

    /// <summary>The KDC itself, from bytes to bytes.</summary>
    internal KdcService Service => _kdc;

    private static TestRealm Start(string name, TestRealmOptions options)
    {
        IReadOnlyList<EncryptionType> types = options.EncryptionTypes.Count > 0 ? [.. options.EncryptionTypes.Distinct()] : EncryptionTypeList.Default;
        var kdc = new KdcService(new KdcDatabase(name, types), options.TimeProvider, options.TicketLifetime);
        var listener = KdcListener.Start(kdc);
        var files = new RealmFiles();
        files.WriteKrb5Config(name, listener.EndPoint);
        return new TestRealm(kdc, listener, files, types);
    }

    /// <summary>What goes into a krb5.conf and into names as it is.</summary>
    private static void RequireRealm(string realm)
    {
        if (realm.Length is 0 or > 255 || !realm.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw new ArgumentException($"\"{realm}\" is no name for a test realm. Next: use letters, digits, dots and hyphens, TEST.LOCAL for one.", nameof(realm));
    }

    private TestAccount Add(string name, Action<TestAccountOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!KerberosPrincipal.TryParse(name, Name, out var principal) || principal.Realm != Name)
            throw new ArgumentException($"\"{name}\" is no principal of {Name}. Next: write it as alice or HTTP/localhost.", nameof(name));
        var options = new TestAccountOptions();
        configure?.Invoke(options);
        IReadOnlyList<EncryptionType> types = options.EncryptionTypes.Count > 0 ? [.. options.EncryptionTypes.Distinct()] : _types;
        var identity = AccountIdentity.Of(principal, options);
        var account = options.Password is { } password
            ? KdcAccount.WithPassword(principal, types, password, identity)
            : KdcAccount.WithRandomKeys(principal, types, identity);
        _kdc.Database.Add(account);
        return new TestAccount(account, _kdc, _files);
    }
}
