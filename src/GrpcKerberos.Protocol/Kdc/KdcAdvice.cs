using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>What mends a KDC's refusal (RFC 4120 section 7.5.9), where it needs no more than its code to know.</summary>
internal static class KdcAdvice
{
    public static string For(KerberosErrorCode code) => code switch
    {
        KerberosErrorCode.KDC_ERR_NAME_EXP or KerberosErrorCode.KDC_ERR_CLIENT_REVOKED =>
            "the account is disabled, locked or expired: have it enabled again",
        KerberosErrorCode.KDC_ERR_SERVICE_EXP or KerberosErrorCode.KDC_ERR_SERVICE_REVOKED =>
            "the service's account is disabled, locked or expired: have it enabled again",
        KerberosErrorCode.KDC_ERR_CLIENT_NOTYET or KerberosErrorCode.KDC_ERR_SERVICE_NOTYET =>
            "an account is not valid yet: look at its start date, and at the KDC's clock",
        KerberosErrorCode.KDC_ERR_KEY_EXPIRED => "its password has expired: change it (kpasswd) and export the keytab again",
        KerberosErrorCode.KDC_ERR_BAD_PVNO or KerberosErrorCode.KRB_AP_ERR_BADVERSION or KerberosErrorCode.KRB_AP_ERR_MSG_TYPE =>
            "that is no Kerberos 5 KDC: correct [realms] in krb5.conf or KerberosClientOptions.Kdcs",
        KerberosErrorCode.KDC_ERR_C_OLD_MAST_KVNO or KerberosErrorCode.KDC_ERR_S_OLD_MAST_KVNO =>
            "the KDC's database was not brought up to its new master key: kdb5_util update_princ_encryption there",
        KerberosErrorCode.KDC_ERR_PRINCIPAL_NOT_UNIQUE => "two accounts have that name: find them (setspn -X) and take it from one",
        KerberosErrorCode.KDC_ERR_NULL_KEY => "the account has no key: give it a password, or new keys (kadmin ktadd)",
        KerberosErrorCode.KDC_ERR_NEVER_VALID =>
            "the ticket would have ended before it starts: compare both clocks, and look at ticket_lifetime and the account's longest life",
        KerberosErrorCode.KDC_ERR_CANNOT_POSTDATE or KerberosErrorCode.KDC_ERR_BADOPTION =>
            "the KDC does not give such tickets to this account: take renew_lifetime and forwardable out of krb5.conf, or permit them there",
        KerberosErrorCode.KDC_ERR_POLICY =>
            "the account may not do this from here or now: its logon hours, hosts and authentication policy, armour (FAST: ArmorCredentialCache) where that demands it, for other realms the trust, and for MIT krb5 "
            + "the realms on the way ([capaths] of the KDC); the KDC's log has the reason",
        KerberosErrorCode.KDC_ERR_PATH_NOT_ACCEPTED or KerberosErrorCode.KRB_AP_PATH_NOT_ACCEPTED or KerberosErrorCode.KDC_ERR_TRTYPE_NOSUPP =>
            "the KDC does not permit the realms on the way: name them in its [capaths]",
        KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED or KerberosErrorCode.KDC_ERR_PADATA_TYPE_NOSUPP
            or KerberosErrorCode.KDC_ERR_MORE_PREAUTH_DATA_REQUIRED or KerberosErrorCode.KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS
            or KerberosErrorCode.KDC_ERR_PREAUTH_EXPIRED =>
            "the KDC wants another way to pre-authenticate than encrypted timestamp, as a smart card or a one-time password: permit it for the account, "
            + "or log in with kinit and use its ccache",
        >= KerberosErrorCode.KDC_ERR_CLIENT_NOT_TRUSTED and <= KerberosErrorCode.KDC_ERR_CERTIFICATE_MISMATCH
            or (>= KerberosErrorCode.KDC_ERR_CANT_VERIFY_CERTIFICATE and <= KerberosErrorCode.KDC_ERR_KDC_NAME_MISMATCH) =>
            "the KDC speaks of certificates, which are not used here: permit a password or a keytab for the account, or log in with kinit and use its ccache",
        KerberosErrorCode.KDC_ERR_SUMTYPE_NOSUPP or KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM =>
            "the KDC does not know the checksum of our key's type: take that type out of permitted_enctypes",
        KerberosErrorCode.KDC_ERR_MUST_USE_USER2USER or KerberosErrorCode.KRB_AP_ERR_USER_TO_USER_REQUIRED or KerberosErrorCode.KRB_AP_ERR_NO_TGT =>
            "the name is a user's and not a service's: register the service's name for its account (setspn -S), and set ServicePrincipal to it",
        KerberosErrorCode.KDC_ERR_SERVER_NOMATCH => "the KDC knows the service by another name: set ServicePrincipal to that",
        KerberosErrorCode.KRB_AP_ERR_TKT_NYV => "our ticket-granting ticket is not valid yet by the KDC's clock: compare the clocks of the KDCs",
        KerberosErrorCode.KRB_AP_ERR_BADADDR => "our ticket-granting ticket lists another address than this host's: log in again without addresses (noaddresses = true)",
        KerberosErrorCode.KRB_AP_ERR_REPEAT => "the KDC has seen this very request: look for something on the way that sends requests twice",
        KerberosErrorCode.KRB_ERR_RESPONSE_TOO_BIG => "the answer does not fit a datagram, and TCP brought no other: open TCP port 88 to the KDC",
        KerberosErrorCode.KRB_ERR_FIELD_TOOLONG => "the request was longer than the KDC takes: raise its limit, or have the account in fewer groups",
        _ => "the KDC's log has the reason",
    };
}
