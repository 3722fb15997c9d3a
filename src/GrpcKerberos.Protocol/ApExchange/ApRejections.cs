using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>What each cause is called by RFC 4120 (section 7.5.9) and by a caller.</summary>
internal static class ApRejections
{
    /// <summary>The name a refusal travels under: <c>error=</c> (protos/README.md).</summary>
    public static string WireName(this ApRejection rejection) => rejection switch
    {
        ApRejection.NumberLate => KerberosErrorNames.Late,
        ApRejection.ProofWanted => KerberosErrorNames.Prove,
        _ => rejection.Error().ToWireName(),
    };

    public static KerberosErrorCode Code(this ApRejection rejection) => rejection switch
    {
        ApRejection.TooLarge => KerberosErrorCode.KRB_ERR_FIELD_TOOLONG,
        ApRejection.Malformed or ApRejection.TicketMalformed or ApRejection.AuthenticatorMalformed or ApRejection.PacMalformed => KerberosErrorCode.KRB_ERR_GENERIC,
        ApRejection.WrongVersion or ApRejection.WrongTicketVersion or ApRejection.WrongAuthenticatorVersion => KerberosErrorCode.KRB_AP_ERR_BADVERSION,
        ApRejection.WrongMessageType => KerberosErrorCode.KRB_AP_ERR_MSG_TYPE,
        ApRejection.UserToUser => KerberosErrorCode.KRB_AP_ERR_NO_TGT,
        ApRejection.NoKey => KerberosErrorCode.KRB_AP_ERR_NOKEY,
        ApRejection.KeyVersionUnknown => KerberosErrorCode.KRB_AP_ERR_BADKEYVER,
        ApRejection.TicketEncryptionTypeRefused or ApRejection.SessionKeyRefused or ApRejection.SubkeyRefused => KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP,
        ApRejection.TicketIntegrity or ApRejection.AuthenticatorIntegrity => KerberosErrorCode.KRB_AP_ERR_BAD_INTEGRITY,
        ApRejection.TicketInvalid or ApRejection.TicketNotYetValid => KerberosErrorCode.KRB_AP_ERR_TKT_NYV,
        ApRejection.TicketExpired => KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED,
        ApRejection.WrongService or ApRejection.TargetPrincipalMismatch => KerberosErrorCode.KRB_AP_ERR_NOT_US,
        ApRejection.ClientMismatch or ApRejection.PacMismatch => KerberosErrorCode.KRB_AP_ERR_BADMATCH,
        ApRejection.AddressMismatch => KerberosErrorCode.KRB_AP_ERR_BADADDR,
        ApRejection.ClockSkew or ApRejection.BeforeStart or ApRejection.CallTimeSkew => KerberosErrorCode.KRB_AP_ERR_SKEW,
        ApRejection.TransitRefused or ApRejection.RealmRefused => KerberosErrorCode.KRB_AP_PATH_NOT_ACCEPTED,
        ApRejection.ChecksumMissing or ApRejection.ChecksumInappropriate => KerberosErrorCode.KRB_AP_ERR_INAPP_CKSUM,
        ApRejection.ChecksumMismatch or ApRejection.GssChecksumMalformed => KerberosErrorCode.KRB_AP_ERR_MODIFIED,
        ApRejection.ChannelBindingMissing or ApRejection.ChannelBindingMismatch => KerberosErrorCode.KRB_AP_ERR_MODIFIED,
        ApRejection.PacSignatureInvalid => KerberosErrorCode.KRB_AP_ERR_MODIFIED,
        ApRejection.AuthorizationDataRefused or ApRejection.PacMissing or ApRejection.AnonymousRefused => KerberosErrorCode.KDC_ERR_POLICY,
        ApRejection.MicMissing or ApRejection.NoSubkey or ApRejection.SessionMismatch or ApRejection.MicInvalid => KerberosErrorCode.KRB_AP_ERR_MODIFIED,
        ApRejection.Replayed => KerberosErrorCode.KRB_AP_ERR_REPEAT,
        ApRejection.ReplayCacheFull or ApRejection.ReplayCacheUnavailable => KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE,
        ApRejection.MutualAuthenticationFailed => KerberosErrorCode.KRB_AP_ERR_MUT_FAIL,
        ApRejection.SessionUnknown or ApRejection.ProofWanted => KerberosErrorCode.KRB_AP_ERR_NOKEY,
        ApRejection.NumberRepeated => KerberosErrorCode.KRB_AP_ERR_REPEAT,
        ApRejection.NumberLate or ApRejection.NumberOutOfRange => KerberosErrorCode.KRB_AP_ERR_BADORDER,
        ApRejection.PrincipalEnded => KerberosErrorCode.KRB_AP_ERR_TKT_EXPIRED,
        ApRejection.SessionsFull or ApRejection.SessionShareUsedUp => KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE,
        _ => throw new ArgumentOutOfRangeException(nameof(rejection)),
    };

    /// <summary>What the peer is told. Unknown key, unknown key version and a key that does not fit are one answer: a prober learns nothing.</summary>
    public static KerberosError Error(this ApRejection rejection) => rejection switch
    {
        ApRejection.TooLarge => KerberosError.TokenTooLarge,
        ApRejection.Malformed or ApRejection.WrongVersion or ApRejection.WrongMessageType or ApRejection.WrongTicketVersion or ApRejection.UserToUser
            or ApRejection.TicketMalformed or ApRejection.AuthenticatorMalformed or ApRejection.WrongAuthenticatorVersion => KerberosError.TokenMalformed,
        ApRejection.NoKey or ApRejection.KeyVersionUnknown or ApRejection.TicketIntegrity or ApRejection.WrongService
            or ApRejection.AuthenticatorIntegrity => KerberosError.TicketRefused,
        ApRejection.TicketEncryptionTypeRefused or ApRejection.SessionKeyRefused or ApRejection.SubkeyRefused => KerberosError.EncryptionTypeRefused,
        ApRejection.TicketInvalid or ApRejection.TicketNotYetValid => KerberosError.TicketNotYetValid,
        ApRejection.TicketExpired => KerberosError.TicketExpired,
        ApRejection.ClientMismatch or ApRejection.AnonymousRefused => KerberosError.ClientMismatch,
        ApRejection.AddressMismatch => KerberosError.AddressMismatch,
        ApRejection.ClockSkew or ApRejection.BeforeStart or ApRejection.CallTimeSkew => KerberosError.ClockSkew,
        ApRejection.TransitRefused or ApRejection.RealmRefused => KerberosError.TransitRefused,
        ApRejection.ChannelBindingMissing or ApRejection.ChannelBindingMismatch => KerberosError.ChannelBindingMismatch,
        ApRejection.AuthorizationDataRefused or ApRejection.TargetPrincipalMismatch or ApRejection.PacMalformed or ApRejection.PacSignatureInvalid
            or ApRejection.PacMismatch or ApRejection.PacMissing => KerberosError.PacRefused,
        ApRejection.ChecksumMissing or ApRejection.ChecksumInappropriate or ApRejection.ChecksumMismatch or ApRejection.GssChecksumMalformed
            or ApRejection.MicMissing or ApRejection.NoSubkey or ApRejection.SessionMismatch or ApRejection.MicInvalid => KerberosError.ProofRefused,
        ApRejection.Replayed => KerberosError.Replayed,
        ApRejection.ReplayCacheFull or ApRejection.ReplayCacheUnavailable => KerberosError.Unavailable,
        ApRejection.MutualAuthenticationFailed => KerberosError.ServerNotProven,
        ApRejection.SessionUnknown => KerberosError.SessionUnknown,
        ApRejection.NumberRepeated => KerberosError.Replayed,
        ApRejection.NumberLate or ApRejection.NumberOutOfRange or ApRejection.ProofWanted => KerberosError.ProofRefused,
        ApRejection.PrincipalEnded => KerberosError.TicketExpired,
        ApRejection.SessionsFull or ApRejection.SessionShareUsedUp => KerberosError.Unavailable,
        _ => throw new ArgumentOutOfRangeException(nameof(rejection)),
    };
}
