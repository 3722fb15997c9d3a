using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Testing.Kdc;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing;

/// <summary>A principal of a <see cref="TestRealm"/>, its keytab and its logins.</summary>
public sealed class TestAccount
{
    private readonly Lock _rotation = new();
    private readonly KdcAccount _account;
    private readonly KdcService _kdc;
    private readonly RealmFiles _files;

    internal TestAccount(KdcAccount account, KdcService kdc, RealmFiles files)
    {
        _account = account;
        _kdc = kdc;
        _files = files;
        Keytab = files.NewPath(account.Principal, "keytab");
        RealmFiles.WriteKeytab(Keytab, account.Keys);
    }

    /// <summary>Its name with the realm.</summary>
    public KerberosPrincipal Principal => _account.Principal;

    /// <summary>The path of its keytab: version 0x0502, keys of every encryption type and every version, the newest first; mode 0600.</summary>
    public string Keytab { get; }

    /// <summary>The kvno of its newest keys: 1, and one more with each <see cref="RotateKey"/>.</summary>
    public int KeyVersion => (int)_account.KeyVersion;

    /// <summary>Gives it new random keys, a password having no say any more. Tickets are from now on sealed with them; the keytab has the new and the old.</summary>
    public void RotateKey()
    {
        lock (_rotation)
        {
            _account.Rotate();
            RealmFiles.WriteKeytab(Keytab, _account.Keys);
        }
    }

    /// <summary>What kinit does: writes a FILE credential cache with a new ticket-granting ticket, forwardable and renewable for 7 days.</summary>
    /// <remarks>The KDC gives the ticket directly: no <see cref="TestRealm.Fault"/> hinders it and <see cref="TestRealm.RequestCount"/> does not count it.</remarks>
    /// <param name="cancellationToken">Cancels the login.</param>
    /// <returns>The path of the cache, another one each time: for KRB5CCNAME, or the client's CredentialCache option.</returns>
    public Task<string> LoginAsync(CancellationToken cancellationToken = default) => Task.Run(Login, cancellationToken);

    private string Login()
    {
        var service = _kdc.Database.TicketGrantingService;
        var ticket = new TicketTemplate(Principal, service.Principal, _kdc.Now, _kdc.TicketLifetime, service.RequireKey);
        ticket.Flags |= TicketFlags.Forwardable | TicketFlags.Renewable;
        ticket.RenewTill = new KerberosTime(_kdc.Now.WholeSeconds) + TicketTimes.RenewableLifetime;
        var path = _files.NewPath(Principal, "ccache");
        CredentialCacheFile.Save(new CredentialCache(Principal, [ticket.Issue()]), path);
        return path;
    }
}
