using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Tests.Client;

namespace GrpcKerberos.Interop.Tests.Kdc;

/// <summary>Our KDC client against Samba's Active Directory: its salts, its ways with names, its clock.</summary>
[Collection(SambaRealm.Collection)]
public sealed class SambaKdcTests(SambaRealm realm)
{
    /// <summary>The salts are Active Directory's, told by ETYPE-INFO2.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData("alice", EncryptionType.Aes256CtsHmacSha1)]
    [InlineData("alice", EncryptionType.Aes128CtsHmacSha1)]
    public async Task LoginAsync_ByPassword_TicketOfThatType(string name, EncryptionType type)
    {
        var ticket = await LoginAsync($"{name}@{SambaRealm.Name}", types: [type]);
        Assert.Equal(($"{name}@{SambaRealm.Name}", type), (ticket.Client.ToString(), ticket.SessionKey.Type));
        Assert.True(ticket.Flags.HasFlag(TicketFlags.EncPaRep));
    }

    /// <summary>An account has one salt, that of its name as it was given, and answers to every case of it.</summary>
    [PeerTheory(Peer.Samba)]
    [InlineData("ALICE@AD.TEST")]
    [InlineData("Alice@ad.test")]
    [InlineData(@"alice\@ad.test@AD.TEST")]
    [InlineData(@"ALICE\@AD.TEST@AD.TEST")]
    public async Task LoginAsync_NameInAnotherCaseOrForm_TheProperName(string name) =>
        Assert.Equal(("alice@AD.TEST", "krbtgt/AD.TEST@AD.TEST"), Names(await LoginAsync(name, canonicalize: true)));

    [PeerTheory(Peer.Samba)]
    [InlineData("HTTP/localhost@AD.TEST")]
    [InlineData("http/LocalHost@AD.TEST")]
    [InlineData("svc-test@AD.TEST")]
    public async Task GetAsync_ServiceInAnotherCaseOrForm_Ticket(string service)
    {
        var client = Client();
        using var source = new TicketSource(new PasswordLogin(KerberosPrincipal.Parse("alice@AD.TEST"), "alicepw", client), client, TimeProvider.System);
        var ticket = await source.GetAsync(KerberosPrincipal.Parse(service), CancellationToken.None);
        Assert.Equal(("alice@AD.TEST", service), Names(ticket));
    }

    [PeerTheory(Peer.Samba)]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task GetAsync_ClocksApart_CorrectedOnce(int minutes)
    {
        var corrections = 0;
        var time = new ShiftedTime(TimeSpan.FromMinutes(minutes));
        var client = Client(time: time, events: new KdcEvents { ClockCorrected = (_, _) => corrections++ });
        using var source = new TicketSource(new PasswordLogin(KerberosPrincipal.Parse("alice@AD.TEST"), "alicepw", client), client, time);
        await source.GetAsync(KerberosPrincipal.Parse("HTTP/localhost@AD.TEST"), CancellationToken.None);
        Assert.Equal(1, corrections);
    }

    /// <summary>Armour (FAST) by the ticket of another account.</summary>
    [PeerFact(Peer.Samba)]
    public async Task LoginAsync_InArmor_Ticket()
    {
        var path = await realm.KinitAsync("bob");
        var armory = new Armory(new CacheLogin(() => new FileLocation(path), TimeProvider.System));
        using var login = new PasswordLogin(KerberosPrincipal.Parse("alice@AD.TEST"), "alicepw", Client(armory: armory));
        Assert.Equal(("alice@AD.TEST", "krbtgt/AD.TEST@AD.TEST"), Names(await login.GetGrantingTicketAsync(CancellationToken.None)));
    }

    private static (string Client, string Service) Names(ServiceTicket ticket) => (ticket.Client.ToString(), ticket.Service.ToString());

    private async Task<ServiceTicket> LoginAsync(string name, bool canonicalize = false, IReadOnlyList<EncryptionType>? types = null)
    {
        using var login = new PasswordLogin(KerberosPrincipal.Parse(name), "alicepw", Client(canonicalize, types));
        return await login.GetGrantingTicketAsync(CancellationToken.None);
    }

    private KdcClient Client(bool canonicalize = false, IReadOnlyList<EncryptionType>? types = null, TimeProvider? time = null, KdcEvents? events = null, Armory? armory = null)
    {
        IReadOnlyList<KdcAddress> kdcs = [new KdcAddress(realm.Kdc.Address.ToString(), realm.Kdc.Port)];
        var config = Krb5Config.Empty with
        {
            Canonicalize = canonicalize,
            Kdcs = new Dictionary<string, IReadOnlyList<KdcAddress>> { [SambaRealm.Name] = kdcs, ["ad.test"] = kdcs },
        };
        return KdcClient.Create(config, null, [], types ?? [], TimeSpan.FromMinutes(1), time ?? TimeProvider.System, events, armory);
    }
}
