using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Tickets;

/// <summary>A ticket before it is sealed: a good one as made, every field open to change.</summary>
internal sealed class TicketTemplate
{
    private readonly Func<EncryptionType?, uint?, KeytabEntry> _findKey;

    /// <param name="client">cname and crealm.</param>
    /// <param name="service">Whom the reply names, and the plaintext too.</param>
    /// <param name="now">authtime and starttime.</param>
    /// <param name="lifetime">Until endtime.</param>
    /// <param name="findKey">The service's key of a type and a version, or the best where null.</param>
    public TicketTemplate(KerberosPrincipal client, KerberosPrincipal service, KerberosTime now, TimeSpan lifetime, Func<EncryptionType?, uint?, KeytabEntry> findKey)
    {
        _findKey = findKey;
        Client = client;
        Service = service;
        PlaintextService = service;
        AuthTime = new KerberosTime(now.WholeSeconds);
        StartTime = AuthTime;
        EndTime = AuthTime + lifetime;
        var best = UseKey();
        SessionKey = TicketSessionKey.Generate(best.Type);
    }

    public KerberosPrincipal Client { get; set; }

    /// <summary>The service as the reply's sealed part names it, and so <see cref="ServiceTicket.Service"/>.</summary>
    public KerberosPrincipal Service { get; set; }

    /// <summary>realm and sname of the ticket's plaintext.</summary>
    public KerberosPrincipal PlaintextService { get; set; }

    public int TicketVersion { get; set; } = Ticket.Version;

    /// <summary>initial and pre-authent.</summary>
    public TicketFlags Flags { get; set; } = TicketFlags.Initial | TicketFlags.PreAuthent;

    /// <summary>What the client holds; of the ticket's enctype unless changed.</summary>
    public TicketSessionKey SessionKey { get; set; }

    /// <summary>The key field inside the ticket where it shall not be <see cref="SessionKey"/>: another enctype, a wrong length.</summary>
    public EncryptionKey? SealedSessionKey { get; set; }

    public TransitedEncoding Transited { get; set; } = TransitedEncoding.None;

    public KerberosTime AuthTime { get; set; }

    public KerberosTime? StartTime { get; set; }

    public KerberosTime EndTime { get; set; }

    public KerberosTime? RenewTill { get; set; }

    public IReadOnlyList<HostAddress>? Addresses { get; set; }

    public IReadOnlyList<AuthorizationData>? AuthorizationData { get; set; }

    /// <summary>Goes into the ticket signed by <see cref="SealingKey"/>; null: none.</summary>
    public TestPac? Pac { get; set; }

    /// <summary>The key that seals. Changing it alone leaves enctype and kvno of the plaintext as they are.</summary>
    public LongTermKey SealingKey { get; set; } = null!;

    /// <summary>etype beside the cipher.</summary>
    public EncryptionType EncryptionType { get; set; }

    /// <summary>kvno beside the cipher.</summary>
    public uint? KeyVersion { get; set; }

    /// <summary>Key usage of the seal: 2.</summary>
    public KeyUsage Usage { get; set; } = KeyUsage.Ticket;

    /// <summary>Changes the EncTicketPart's octets before they are sealed.</summary>
    public Func<byte[], byte[]> ChangePlaintext { get; set; } = static octets => octets;

    /// <summary>Seals with the service's key of this type and version (the best where null), and says so in the plaintext. The session key stays.</summary>
    public KeytabEntry UseKey(EncryptionType? type = null, uint? keyVersion = null)
    {
        var entry = _findKey(type, keyVersion);
        SealingKey = entry.Key ?? throw new InvalidOperationException($"The {entry.Type.ToMitName()} key of {entry.Principal} cannot seal. Next: use another.");
        EncryptionType = entry.Type;
        KeyVersion = entry.KeyVersion;
        return entry;
    }

    /// <summary>What a client holds once a KDC gave it this ticket.</summary>
    public ServiceTicket Issue()
    {
        var key = SealedSessionKey ?? new EncryptionKey(SessionKey.Type, SessionKey.Bytes.ToArray());
        var part = new EncTicketPart(Flags, key, Client, Transited, AuthTime, StartTime, EndTime, RenewTill, Addresses, AuthorizationData);
        if (Pac is not null) part = Pac.PutInto(part, SealingKey);
        var cipher = SealingKey.Seal(Usage, ChangePlaintext(part.Encode()));
        var ticket = new Ticket(PlaintextService.Realm, PlaintextService.Name, new EncryptedData(EncryptionType, KeyVersion, cipher), TicketVersion);
        return new ServiceTicket(Client, Service, ticket, SessionKey, Flags, AuthTime, StartTime ?? AuthTime, EndTime, RenewTill);
    }
}
