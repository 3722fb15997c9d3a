using System.Globalization;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What a KDC's refusals mean to the one who asked, and what mends them. No text of the KDC's own is quoted.</summary>
internal static class KdcErrors
{
    /// <summary><c>KDC_ERR_POLICY, 12</c>; <c>error 4711</c> where RFC 4120 has no name.</summary>
    public static string Name(KerberosErrorCode code) => Enum.IsDefined(code) ? $"{code}, {code:D}" : $"error {code:D}";

    /// <summary>For metrics. The numbers nobody has given a name are one: the answer may be anybody's.</summary>
    public static string Type(KerberosErrorCode code) => Enum.IsDefined(code) ? code.ToString() : "OTHER";

    /// <summary>Why a login was refused.</summary>
    /// <param name="error">What the KDC said.</param>
    /// <param name="kdc">Which KDC.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="keys">With which keys.</param>
    /// <param name="offered">The encryption types asked for, those with a key first.</param>
    /// <param name="proved">The encryption type of the key the pre-authentication was made with.</param>
    public static KerberosException OfLogin(
        KrbError error,
        KdcAddress kdc,
        KerberosPrincipal client,
        IClientKeys keys,
        IReadOnlyList<EncryptionType> offered,
        EncryptionType? proved) => error.Code switch
    {
        KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN => ClientUnknown(client),
        KerberosErrorCode.KDC_ERR_PREAUTH_FAILED => new(
            KerberosError.PreauthenticationFailed,
            $"KDC {kdc} refused the key of {client} ({Name(error.Code)}); {keys.RefusedText(proved ?? offered[0])}"),
        KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP => EncryptionTypeRefused(client, offered),
        KerberosErrorCode.KDC_ERR_WRONG_REALM => new(
            KerberosError.ClientUnknown,
            $"KDC {kdc} says that {client} is of another realm ({Name(error.Code)}){(error.ClientRealm is { Length: > 0 and <= TransitedRealms.MaxNameLength } realm ? $", {PrincipalText.Format([realm])}" : "")}. "
            + "Next: log in with that realm, or set canonicalize = true in [libdefaults] of krb5.conf."),
        _ => Refused(kdc, $"the login of {client}", error.Code),
    };

    /// <summary>Why a ticket for a service was refused.</summary>
    public static KerberosException OfTicket(
        KrbError error,
        KdcAddress kdc,
        ServiceTicket grantingTicket,
        KerberosPrincipal service,
        IReadOnlyList<EncryptionType> offered) => error.Code switch
    {
        KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN => ServiceUnknown(service),
        KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN => ClientUnknown(grantingTicket.Client),
        KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP => EncryptionTypeRefused(service, offered),
        KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED => new(
            KerberosError.TicketExpired,
            $"KDC {kdc} judged our ticket-granting ticket expired; by our clock it ends {grantingTicket.Ends}. "
            + "Next: compare both clocks, and log in again (kinit)."),
        KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY or KerberosErrorCode.KRB_AP_ERR_MODIFIED or KerberosErrorCode.KRB_AP_ERR_BADKEYVER
            or KerberosErrorCode.KRB_AP_ERR_NOKEY or KerberosErrorCode.KRB_AP_ERR_NOT_US or KerberosErrorCode.KRB_AP_ERR_BADMATCH or KerberosErrorCode.KDC_ERR_TGT_REVOKED => new(
            KerberosError.TicketRefused,
            $"KDC {kdc} does not take our ticket-granting ticket ({Name(error.Code)}). "
            + "Next: log in again (kinit): the realm's own key may have changed."),
        _ => Refused(kdc, $"a ticket for {service}", error.Code),
    };

    public static KerberosException ServiceUnknown(KerberosPrincipal service) => new(
        KerberosError.ServiceUnknown,
        $"{service.Realm} knows no service {service.Name} ({Name(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN)}). "
        + "Next: use the host name it is registered by, set ServicePrincipal, or register it "
        + $"(setspn -S {service.Name} svc-orders; kadmin addprinc).");

    public static KerberosException LoginSentAround(KerberosPrincipal client, IReadOnlyList<string> seen, string realm) => new(
        KerberosError.ClientUnknown,
        $"The KDCs send the login of {client} from realm to realm: {string.Join(", ", seen)}, and now {realm}. "
        + "Next: log in with the account's own realm.");

    /// <param name="way">The realms reached, the login's own first.</param>
    /// <param name="realm">The one that was to be reached.</param>
    /// <param name="tried">Those the last KDC was asked for.</param>
    /// <param name="last">Its last refusal.</param>
    public static KerberosException NoWay(IReadOnlyList<string> way, string realm, IReadOnlyList<string> tried, KerberosException? last) => new(
        KerberosError.ServiceUnknown,
        $"No way leads from {way[0]} to {realm}: the KDC of {way[^1]} shares a key with none of {string.Join(", ", tried)}. "
        + $"Next: log in as a principal of {realm}; or name the realms between in [capaths] of krb5.conf; or correct the realm in Realm, ServicePrincipal or [domain_realm].",
        last);

    public static KerberosException OffTheWay(IReadOnlyList<string> way, string given, string realm) => new(
        KerberosError.ServiceUnknown,
        $"The KDC of {way[^1]} leads to {given}, which is not on the way from {way[0]} to {realm} that [capaths] has. "
        + "Next: correct [capaths] of krb5.conf, or the KDC's.");

    public static KerberosException Circle(IReadOnlyList<string> way, string given) => new(
        KerberosError.ServiceUnknown,
        $"The KDC of {way[^1]} refers back to {given}, after {string.Join(", ", way)}: none of them has the service. "
        + "Next: name its realm in ServicePrincipal or [domain_realm], or correct that of the KDCs.");

    public static KerberosException TooFar(IReadOnlyList<string> way) => new(
        KerberosError.ServiceUnknown,
        $"The way to the service goes through more than {RealmWalk.MaxHops} realms: {string.Join(", ", way)}. "
        + "Next: name its realm in ServicePrincipal or [domain_realm].");

    public static KerberosException EncryptionTypeRefused(KerberosPrincipal principal, IReadOnlyList<EncryptionType> offered) => new(
        KerberosError.EncryptionTypeRefused,
        $"The KDC supports none of {string.Join(", ", offered.Select(EncryptionTypeNames.ToMitName))} for {principal.Name}, "
        + "and we offer no other. "
        + "Next: enable AES for the account (msDS-SupportedEncryptionTypes 0x18), then change its password once.");

    /// <param name="kdc">Whose clock it is.</param>
    /// <param name="offset">The KDC's clock less this host's.</param>
    /// <param name="limit">What counts as in step.</param>
    public static KerberosException ClockSkew(KdcAddress kdc, TimeSpan offset, TimeSpan limit) => new(
        KerberosError.ClockSkew,
        $"{ClockText.Apart(offset, kdc.Host, limit)}, also after one correction. Next: {ClockText.Mend}");

    public static KerberosException WrongReply(KdcAddress kdc, string what) => new(
        KerberosError.KdcRefused,
        $"KDC {kdc} gave an answer that is not right: {what}. "
        + "Next: look for the request in that KDC's log; if it is not there, somebody else answers in its place.");

    public static KerberosException PreAuthenticationUnknown(KdcAddress kdc, KerberosPrincipal client, PreAuthType proof)
    {
        var method = proof == PreAuthType.EncTimestamp ? "encrypted timestamp" : "encrypted challenge";
        return new(
            KerberosError.KdcRefused,
            $"KDC {kdc} wants {client} to pre-authenticate in a way GrpcKerberos does not speak: {method} is not among its methods. "
            + $"Next: permit {method} for the account, or log in with kinit and use its ccache.");
    }

    /// <param name="kdc">Which KDC.</param>
    /// <param name="client">Who logs in.</param>
    /// <param name="why">Why this host's own keys gave no armour, as a clause.</param>
    /// <param name="inner">What went wrong with them.</param>
    public static KerberosException ArmorDemanded(KdcAddress kdc, KerberosPrincipal client, string why, Exception? inner = null) => new(
        KerberosError.KdcRefused,
        $"KDC {kdc} takes the key of {client} in armour alone (FAST, RFC 6113), and {why}. "
        + "Next: set ArmorCredentialCache to a cache that holds a ticket of this host (kinit -k host/…, kinit -T elsewhere), or give this process the host's keytab (default_keytab_name).",
        inner);

    public static KerberosException ArmorOfOtherRealm(ServiceTicket armor, string realm) => new(
        KerberosError.NoCredentials,
        $"The armour of the login, {armor.Service} of {armor.Client}, is not good for a KDC of {realm}. "
        + $"Next: fill the cache that ArmorCredentialCache names as a principal of {realm} (kinit -k).");

    /// <summary>
    /// An answer without armour to a request with it. Its error's name is told, since KDCs refuse the armour itself so, but nothing follows from it.
    /// </summary>
    public static KerberosException Unarmored(KdcReply reply) => new(
        KerberosError.KdcRefused,
        $"KDC {reply.Kdc} answered an armoured login (FAST, RFC 6113) without armour{(reply.Error is { } error ? $", {Name(error.Code)}" : "")}, so that answer is not believed. "
        + "Next: fill the cache that ArmorCredentialCache names again (kinit -k) and compare the clocks; if the KDC has no FAST, leave ArmorCredentialCache out; "
        + "if neither helps, look for the request in the KDC's log: somebody else may answer in its place.");

    public static KerberosException Unreachable(string realm, TimeSpan timeout, IReadOnlyList<string> failures, int port) => new(
        KerberosError.KdcUnreachable,
        $"No KDC of {realm} answered in {DurationText.Of(timeout)}: {string.Join(", ", failures)}. "
        + string.Create(CultureInfo.InvariantCulture, $"Next: check TCP port {port} from this host; tickets at hand stay in use."));

    public static KerberosException WrongAnswers(string realm, IReadOnlyList<string> failures) => new(
        KerberosError.KdcRefused,
        $"No KDC of {realm} gave an answer that can be read: {string.Join(", ", failures)}. "
        + "Next: check that these are KDCs ([realms] in krb5.conf, KerberosClientOptions.Kdcs); "
        + "if they are, somebody else answers in their place.");

    private static KerberosException ClientUnknown(KerberosPrincipal client) => new(
        KerberosError.ClientUnknown,
        $"{client.Realm} knows no client {client.Name} ({Name(KerberosErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN)}). "
        + "Next: in Active Directory log in as the account (svc-orders), not as its SPN; else check spelling and case.");

    private static KerberosException Refused(KdcAddress kdc, string what, KerberosErrorCode code) =>
        new(KerberosError.KdcRefused, $"KDC {kdc} refused {what} ({Name(code)}). Next: {KdcAdvice.For(code)}.");
}
