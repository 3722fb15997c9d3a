using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>One request and the realm it meets: who there is, what time it is, what is wrong today.</summary>
internal sealed record KdcRequest(
    KdcReq Message, ReadOnlyMemory<byte> EncodedBody, KdcDatabase Database, KerberosTime Now, TimeSpan TicketLifetime, KdcFault Fault)
{
    /// <summary>How far clocks may be apart.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    public KdcReqBody Body => Message.Body;

    public bool Asks(KdcOptions option) => Body.Options.HasFlag(option);

    public ReadOnlyMemory<byte>? FindPreAuth(PreAuthType type) => Message.PreAuthData?.FirstOrDefault(p => p.Type == type)?.Value;

    /// <summary>The account a ticket is asked for.</summary>
    public KdcAccount RequireService()
    {
        var service = Database.Find(Body.ServiceName, Body.Realm);
        if (service is null || (Fault == KdcFault.ServiceUnknown && service != Database.TicketGrantingService))
            throw new KdcRefusedException(KerberosErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN, "the realm has no such service");
        return service;
    }

    /// <summary>The first enctype of the request that the service allows.</summary>
    public EncryptionType ChooseSessionKeyType(KdcAccount service)
    {
        foreach (var type in Body.EncryptionTypes)
        {
            if (service.EncryptionTypes.Contains(type)) return type;
        }

        throw NoCommonEncryptionType("client and service share no encryption type");
    }

    public void RequireClockNear(KerberosTime clientTime)
    {
        if ((Now - clientTime).Duration() > MaxClockSkew)
            throw new KdcRefusedException(KerberosErrorCode.KRB_AP_ERR_SKEW, "clock skew too great", clientTime);
    }

    public static KdcRefusedException NoCommonEncryptionType(string text) => new(KerberosErrorCode.KDC_ERR_ETYPE_NOSUPP, text);
}
