using System.Globalization;
using GrpcKerberos.Protocol;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.Client;

/// <summary>What an operator reads: names, times and sizes; never a key, a token, a MIC or a session.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    [LoggerMessage(103, LogLevel.Warning, "{EncryptionType} is allowed: it is weak, and who records a login may find the account's password. Next: give the accounts AES keys and take it out of EncryptionTypes", EventName = "WeakEncryptionAllowed")]
    public partial void WeakEncryptionAllowed(string encryptionType);

    [LoggerMessage(200, LogLevel.Information, "{Client} from {Source} until {End}", EventName = "CredentialsFound")]
    public partial void CredentialsFound(KerberosPrincipal client, string source, string end);

    [LoggerMessage(201, LogLevel.Information, "{Service} kvno {KeyVersion}, {EncryptionType}, {TokenBytes} B from {Kdc} in {ElapsedMs} ms", EventName = "TicketObtained")]
    public partial void TicketObtained(KerberosPrincipal service, uint? keyVersion, string encryptionType, int tokenBytes, string kdc, double elapsedMs);

    [LoggerMessage(202, LogLevel.Warning, "{Service}: {Reason}, valid until {End}, next try in {Delay}", EventName = "RenewalFailed")]
    public partial void RenewalFailed(KerberosPrincipal service, string reason, string end, TimeSpan delay);

    [LoggerMessage(203, LogLevel.Warning, "{Kdc}: {Reason}", EventName = "KdcFailed")]
    public partial void KdcFailed(string kdc, string reason);

    public void ClockOffset(TimeSpan offset, KerberosPrincipal peer) => ClockOffset(offset, peer.ToString());

    public void ClockOffset(TimeSpan offset, string peer) =>
        ClockCorrected(string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0.000;-0.000} s"), peer);

    [LoggerMessage(205, LogLevel.Debug, "{Service} {Method}: sent again after {Error}", EventName = "CallResent")]
    public partial void CallResent(KerberosPrincipal service, string method, KerberosError error);

    [LoggerMessage(206, LogLevel.Warning, "{Service} {Method}: {Error}", EventName = "ProofRefused")]
    public partial void ProofRefused(KerberosPrincipal service, string method, KerberosError error);

    [LoggerMessage(208, LogLevel.Debug, "{Service}: {Kind} session proved, later calls are its MIC alone", EventName = "SessionProved")]
    public partial void SessionProved(KerberosPrincipal service, string kind);

    [LoggerMessage(
        209,
        LogLevel.Warning,
        "{Service}: two server-bound sessions were not known where calls came again, so each call brings a token for the next {Delay}. "
            + "Next: nothing after restarts; behind a balancer keep a client's connection with one replica, or set SessionPortability to Portable there",
        EventName = "SessionsLost")]
    public partial void SessionsLost(KerberosPrincipal service, TimeSpan delay);

    [LoggerMessage(211, LogLevel.Warning, "{Section} changed: {Settings} take effect at the next start", EventName = "SettingsDeferred")]
    public partial void SettingsDeferred(string section, string settings);

    [LoggerMessage(212, LogLevel.Error, "{Section} changed and will not do: {Reason}. The settings from before stay in use", EventName = "SettingsRefused")]
    public partial void SettingsRefused(string section, string reason);

    public void ServerNotProven(KerberosPrincipal service, string method) => NotProven(service, method, KerberosError.ServerNotProven);

    [LoggerMessage(210, LogLevel.Warning, "{Service}: mutual authentication is off, an answer without proof passes", EventName = "MutualAuthenticationOff")]
    public partial void MutualAuthenticationOff(KerberosPrincipal service);

    [LoggerMessage(204, LogLevel.Warning, "{Offset} from {Peer}", EventName = "ClockOffset")]
    private partial void ClockCorrected(string offset, string peer);

    [LoggerMessage(207, LogLevel.Error, "{Service} {Method}: {Error}", EventName = "ServerNotProven")]
    private partial void NotProven(KerberosPrincipal service, string method, KerberosError error);
}
