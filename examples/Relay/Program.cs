using Grpc.Core;
using GrpcKerberos.Testing;
using Relay;
using Relay.V1;

// Users call the front, the front calls the ledger: who is seen where, and what is no proof of whom.
const string LedgerName = "HTTP/ledger.test.local";
await using var realm = await TestRealm.StartAsync();
var (alice, bob) = (realm.AddUser("alice"), realm.AddUser("bob"));
var (frontAccount, ledgerAccount) = (realm.AddService("HTTP/localhost"), realm.AddService(LedgerName));
var (asExpected, told) = (0, 0);

await using var ledger = await Party.StartAsync(
    Path.Combine(realm.Directory, "ledger.pem"),
    new()
    {
        ["Authentication:Schemes:Kerberos:Keytab"] = ledgerAccount.Keytab,
        ["Front"] = frontAccount.Principal.ToString(),
    },
    Back.Build,
    Back.Map);
await using var front = await Party.StartAsync(
    Path.Combine(realm.Directory, "front.pem"),
    new()
    {
        ["Authentication:Schemes:Kerberos:Keytab"] = frontAccount.Keytab,
        ["Kerberos:Keytab"] = frontAccount.Keytab,
        ["Kerberos:Principal"] = frontAccount.Principal.ToString(),      // in Active Directory its account, svc-front@CORP.EXAMPLE
        ["Kerberos:ServicePrincipal"] = LedgerName,                      // where the name is not that of the target
        ["Kerberos:Krb5Config"] = realm.Krb5Config,
        ["Ledger:Target"] = ledger.Target,
        ["Ledger:Certificate"] = ledger.Certificate,
    },
    Front.Build,
    Front.Map);

Console.WriteLine($"realm   {realm.Name}: alice, bob, {frontAccount.Principal} (the front), {ledgerAccount.Principal} (the ledger)");
var placed = await PlaceAsync(alice, "tea");
Outcome("alice calls the front, which sees", placed.FrontSaw, "alice@TEST.LOCAL");
Outcome("the front calls the ledger, which sees", placed.Booked.LedgerSaw, "HTTP/localhost@TEST.LOCAL");
Outcome("and writes down", placed.Booked.Entry, "tea for alice@TEST.LOCAL, says HTTP/localhost@TEST.LOCAL");
Outcome("bob calls the front, and it writes down", (await PlaceAsync(bob, "milk")).Booked.Entry, "milk for bob@TEST.LOCAL, says HTTP/localhost@TEST.LOCAL");
Outcome("sessions at the front, at the ledger", $"{front.Sessions}, {ledger.Sessions}", "2, 1");
Outcome("alice calls the ledger and says she is for bob", await BookAsync(alice, "gold", "bob@TEST.LOCAL"), "PermissionDenied");
await ledger.DisposeAsync();
Outcome("the ledger is gone, and alice is told", await FailureAsync(() => PlaceAsync(alice, "tea")), "Unavailable");
Console.WriteLine($"{asExpected} of {told} as expected");
return asExpected == told ? 0 : 1;

Task<PlaceReply> PlaceAsync(TestAccount user, string item) =>
    front.CallAsync(realm, user, null, invoker => new Orders.OrdersClient(invoker).PlaceAsync(new PlaceRequest { Item = item }, deadline: Soon()));

Task<string> BookAsync(TestAccount user, string item, string onBehalfOf)
{
    var request = new BookRequest { Item = item, OnBehalfOf = onBehalfOf };
    return FailureAsync(() => ledger.CallAsync(realm, user, LedgerName, invoker => new Ledger.LedgerClient(invoker).BookAsync(request, deadline: Soon())));
}

async Task<string> FailureAsync(Func<Task> call)
{
    try
    {
        await call();
        return "taken";
    }
    catch (RpcException e)
    {
        return e.StatusCode.ToString();
    }
}

void Outcome(string what, string outcome, string expected)
{
    told++;
    if (outcome == expected) asExpected++;
    Console.WriteLine($"{what,-48} {outcome}{(outcome == expected ? "" : $"  (expected was: {expected})")}");
}

static DateTime Soon() => TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(60);
