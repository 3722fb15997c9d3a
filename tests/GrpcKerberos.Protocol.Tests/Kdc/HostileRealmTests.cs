using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

/// <summary>A realm that is trusted for its own services and no others, and somebody on the way to the KDC.</summary>
public sealed class HostileRealmTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeKdc _kdc;

    public HostileRealmTests() => _kdc = new FakeKdc(_time);

    /// <summary>B.TEST knows the key of the ticket it gives for C.TEST: in C.TEST's place it could answer for every service there.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(".")]
    public async Task GetAsync_RealmThatAnotherOneReferredTo_ReachedByItsOwnWay(string way)
    {
        _kdc.Grants = static body => (body.Realm, body.ServiceName!.Components[0]) == ("B.TEST", "HTTP") ? Tgt("C.TEST") : body.ServiceName;
        var capaths = way.Length == 0 ? Capaths.Empty : Capaths.Of([new Krb5Relation(["capaths", "TEST.LOCAL"], "C.TEST", way, "krb5.conf", 1)]);
        using var source = Source(capaths, "B.TEST", "C.TEST");
        Assert.Equal("HTTP/lure@C.TEST", (await source.GetAsync(KerberosPrincipal.Parse("HTTP/lure@B.TEST"), CancellationToken.None)).Service.ToString());
        _kdc.Requests.Clear();

        await source.GetAsync(KerberosPrincipal.Parse("HTTP/orders@C.TEST"), CancellationToken.None);

        Assert.Equal(["krbtgt/C.TEST@TEST.LOCAL", "HTTP/orders@C.TEST"], Asked());
    }

    /// <summary>As the way to D.TEST goes: what a realm on it gives is no way to that one for anything else.</summary>
    [Fact]
    public async Task GetAsync_RealmThatAnotherOneLedThrough_ReachedByItsOwnWay()
    {
        _kdc.Grants = static body => new KerberosPrincipal(body.ServiceName!, body.Realm).ToString() switch
        {
            "krbtgt/D.TEST@TEST.LOCAL" => Tgt("B.TEST"),
            "krbtgt/D.TEST@B.TEST" => Tgt("C.TEST"),
            _ => body.ServiceName,
        };
        using var source = Source(Capaths.Empty, "B.TEST", "C.TEST", "D.TEST");
        await source.GetAsync(KerberosPrincipal.Parse("HTTP/lure@D.TEST"), CancellationToken.None);
        _kdc.Requests.Clear();

        await source.GetAsync(KerberosPrincipal.Parse("HTTP/orders@C.TEST"), CancellationToken.None);

        Assert.Equal(["krbtgt/C.TEST@TEST.LOCAL", "HTTP/orders@C.TEST"], Asked());
    }

    /// <summary>Nothing seals the client's name in an AS-REP: a login under a changed one is of no use, and must not last as long as its ticket.</summary>
    [Fact]
    public async Task GetAsync_LoginUnderANameChangedOnTheWay_LogsInAnew()
    {
        var changes = 0;
        _kdc.Rep = r => changes++ == 0 ? r with { Client = KerberosPrincipal.Parse("mallory@TEST.LOCAL") } : r;
        var client = FakeKdc.ClientOf(_kdc, _time, Capaths.Empty, [], new LoginTerms(Canonicalize: true));
        using var login = _kdc.Login(client);
        using var source = new TicketSource(login, client, _time);
        // As KDCs do where the authenticator names another client than the ticket (RFC 4120 section 3.3.3).
        _kdc.Intercept = (request, _) => new(request.Type == MessageType.TgsReq && !FakeKdc.Alice.Equals(login.Client) ? _kdc.Error(KerberosErrorCode.KRB_AP_ERR_BADMATCH) : null);
        Assert.Equal("mallory@TEST.LOCAL", (await login.GetGrantingTicketAsync(CancellationToken.None)).Client.ToString());

        var ticket = await source.GetAsync(FakeKdc.Service, CancellationToken.None);

        Assert.Equal(FakeKdc.Alice, ticket.Client);
    }

    [Theory]
    [InlineData((int)MessageType.AsRep)]
    [InlineData((int)MessageType.TgsRep)]
    public async Task GetAsync_TicketNamedAnotherOnTheWay_Refused(int changed)
    {
        _kdc.Changed = (MessageType)changed;
        using (var source = Source(Capaths.Empty)) await source.GetAsync(FakeKdc.Service, CancellationToken.None);
        _kdc.Rep = static r => r with { Ticket = new Ticket(r.Ticket.Realm, new PrincipalName(NameType.ServiceInstance, ["HTTP", "other.test.local"]), r.Ticket.EncPart) };
        using var second = Source(Capaths.Empty);

        var e = await Assert.ThrowsAsync<KerberosException>(async () => await second.GetAsync(FakeKdc.Service, CancellationToken.None));

        Assert.Equal(KerberosError.KdcRefused, e.Error);
        Assert.Contains("its ticket has another name than its sealed part", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A KRB-ERROR is anybody's: what it says does not fill messages and logs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoginAsync_SentToARealmWithoutEnd_RefusedInFewWords(bool canonicalize)
    {
        var client = FakeKdc.ClientOf(_kdc, _time, Capaths.Empty, [], new LoginTerms(Canonicalize: canonicalize));
        _kdc.Intercept = (_, _) => new(new KrbError(
            KerberosErrorCode.KDC_ERR_WRONG_REALM, new KerberosTime(_time.GetUtcNow()), KerberosPrincipal.TicketGrantingService("TEST.LOCAL"), ClientRealm: new string('X', 500_000)).Encode());

        var e = await Assert.ThrowsAsync<KerberosException>(async () => await _kdc.Login(client).GetGrantingTicketAsync(CancellationToken.None));

        Assert.Equal(KerberosError.ClientUnknown, e.Error);
        Assert.InRange(e.Message.Length, 1, 1000);
    }

    private static PrincipalName Tgt(string realm) => new(NameType.ServiceInstance, ["krbtgt", realm]);

    private TicketSource Source(Capaths capaths, params string[] realms)
    {
        var client = FakeKdc.ClientOf(_kdc, _time, capaths, realms);
        return new TicketSource(_kdc.Login(client), client, _time);
    }

    private IEnumerable<string> Asked() => _kdc.Requests.Select(static r => new KerberosPrincipal(r.Request.Body.ServiceName!, r.Request.Body.Realm).ToString());
}
