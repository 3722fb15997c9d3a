using System.Collections.Concurrent;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>Who there is in a realm; its ticket-granting service from the start.</summary>
internal sealed class KdcDatabase
{
    private readonly ConcurrentDictionary<KerberosPrincipal, KdcAccount> _accounts = new();

    public KdcDatabase(string realm, IReadOnlyList<EncryptionType> types)
    {
        Realm = realm;
        TicketGrantingService = KdcAccount.WithRandomKeys(KerberosPrincipal.TicketGrantingService(realm), types);
        Add(TicketGrantingService);
    }

    public string Realm { get; }

    public KdcAccount TicketGrantingService { get; }

    /// <exception cref="ArgumentException">The principal is there already.</exception>
    public void Add(KdcAccount account)
    {
        if (!_accounts.TryAdd(account.Principal, account))
            throw new ArgumentException($"{account.Principal} is in the realm already. Next: keep the account of the first call, or take another name.", nameof(account));
    }

    public KdcAccount? Find(KerberosPrincipal principal) => _accounts.GetValueOrDefault(principal);

    /// <summary>The PAC of a ticket, not signed yet: none for a client without a SID, and none in a ticket-granting ticket, which tells this KDC nothing.</summary>
    public TestPac? PacOf(KerberosPrincipal client, KdcAccount service) =>
        service == TicketGrantingService ? null : Find(client)?.Identity?.MakePac(TicketGrantingService.RequireKey(null, null).Key!);

    public KdcAccount? Find(PrincipalName? name, string realm) => name is null ? null : Find(new KerberosPrincipal(name, realm));
}
