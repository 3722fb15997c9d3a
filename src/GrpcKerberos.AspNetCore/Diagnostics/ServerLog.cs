using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using Microsoft.Extensions.Logging;

namespace GrpcKerberos.AspNetCore.Diagnostics;

/// <summary>The log of one scheme, category GrpcKerberos.Server. Never a token, key, MIC or session id.</summary>
internal sealed partial class ServerLog(ILoggerFactory loggerFactory, TimeProvider timeProvider)
{
    private const string Category = "GrpcKerberos.Server";
    private const string Unknown = "unknown caller";

    private readonly ILogger _logger = loggerFactory.CreateLogger(Category);
    private readonly RefusalThrottle _throttle = new(timeProvider);

    /// <summary>Its own: what strangers can have an event fail on must not hide that the replay cache is away.</summary>
    private readonly RefusalThrottle _events = new(timeProvider);

    public void KeytabLoaded(string source, Keytab keytab) => Keys(KeytabLoaded, source, keytab);

    public void KeytabReloaded(string source, Keytab keytab) => Keys(KeytabReloaded, source, keytab);

    /// <param name="source">The keytab.</param>
    /// <param name="problem">A sentence or two.</param>
    /// <param name="loadedAt">When the keys that stay were read.</param>
    public void KeytabReloadFailed(string source, string problem, DateTimeOffset loadedAt)
    {
        if (_logger.IsEnabled(LogLevel.Error)) KeytabReloadFailed(source, LogText.Of(problem.TrimEnd('.')), new KerberosTime(loadedAt).ToString());
    }

    /// <summary>A call sent again comes with a newer authenticator than its number: its client had the session before, here or on another replica.</summary>
    public void SessionEstablished(AcceptedExchange exchange, IncomingCall call, KerberosTime now)
    {
        if (!_logger.IsEnabled(LogLevel.Debug)) return;
        var isReborn = call.Proof is { Number: { } number } && number != exchange.Authenticator.SequenceNumber;
        Action<string, string, string, uint, string, long, string> write = isReborn ? SessionReborn : SessionEstablished;
        write(
            LogText.Of(exchange.Client.ToString()),
            exchange.Service.ToString(),
            call.IsEstablish ? "establish" : "header",
            exchange.KeyVersion,
            exchange.TicketEncryptionType.ToMitName(),
            (long)(now - exchange.Authenticator.ClientTime).TotalMilliseconds,
            exchange.Ticket.EndTime.ToString());
    }

    public void CallAuthenticated(AcceptedCall call, string method)
    {
        if (_logger.IsEnabled(LogLevel.Trace)) CallAuthenticated(LogText.Of(call.Session!.Client.ToString()), LogText.Of(method));
    }

    public void StreamEnded(KerberosPrincipal principal, string method)
    {
        if (_logger.IsEnabled(LogLevel.Information)) StreamEnded(LogText.Of(principal.ToString()), LogText.Of(method));
    }

    public void Refused(CallRefusal refusal, string method)
    {
        var level = refusal.Kind == RefusalKind.Ordinary ? LogLevel.Debug : LogLevel.Warning;
        if (!_logger.IsEnabled(level) || !(refusal.Kind == RefusalKind.FailedEvent ? _events : _throttle).TryPass(refusal.Error, out var suppressed)) return;
        var (path, principal, detail) = (LogText.Of(method), LogText.Of(refusal.Principal ?? Unknown), LogText.Of(refusal.Detail));
        switch (refusal.Kind)
        {
            case RefusalKind.Outage:
                ReplayCacheFailed(LogText.Of(refusal.Detail.Split(". Next:")[0]));
                break;
            case RefusalKind.FailedEvent:
                EventFailed(refusal.Step, detail, principal, path, suppressed);
                break;
            case RefusalKind.Refused when refusal.Error == KerberosError.Replayed:
                ReplayRefused(refusal.Error, refusal.Step, path, principal, detail, suppressed);
                break;
            default:
                CallRefused(level, refusal.Error, refusal.Step, path, principal, detail, suppressed);
                break;
        }
    }

    /// <summary>Of an event that only hears of a refusal: what it threw changes nothing.</summary>
    public void EventFailed(string name, string reason, string method)
    {
        if (_events.TryPass(KerberosError.Unavailable, out var suppressed)) EventFailed(name, reason, Unknown, LogText.Of(method), suppressed);
    }

    [LoggerMessage(103, LogLevel.Warning, "{EncryptionType} is allowed: it is weak, and who records a ticket may find the account's password. Next: give the accounts AES keys and take it out of EncryptionTypes", EventName = "WeakEncryptionAllowed")]
    public partial void WeakEncryptionAllowed(string encryptionType);

    [LoggerMessage(104, LogLevel.Warning, "{Address} is plaintext: {Consequence}", EventName = "PlaintextEndpoint")]
    public partial void PlaintextEndpoint(string address, string consequence);

    [LoggerMessage(
        105,
        LogLevel.Warning,
        "Schemes {Schemes}, no default: [Authorize] that names no scheme fails callers with HTTP status 500. "
            + "Next: AddAuthentication(\"{Scheme}\"), or [Authorize(AuthenticationSchemes = \"{Scheme}\")]",
        EventName = "SchemeAmbiguous")]
    public partial void SchemeAmbiguous(string schemes, string scheme);

    [LoggerMessage(106, LogLevel.Warning, "{Section} changed: {Settings} count from now on", EventName = "SettingsChanged")]
    public partial void SettingsChanged(string section, string settings);

    [LoggerMessage(107, LogLevel.Error, "{Section} changed and will not do: {Reason}. The settings from before stay in use", EventName = "SettingsRefused")]
    public partial void SettingsRefused(string section, string reason);

    [LoggerMessage(108, LogLevel.Warning, "{Section} changed: {Settings} take effect at the next start", EventName = "SettingsDeferred")]
    public partial void SettingsDeferred(string section, string settings);

    [LoggerMessage(100, LogLevel.Information, "Keytab {Keytab}: {KeyCount} keys of {Principals}, newest kvno {KeyVersion}, {EncryptionTypes}", EventName = "KeytabLoaded", SkipEnabledCheck = true)]
    private partial void KeytabLoaded(string keytab, int keyCount, string principals, uint keyVersion, string encryptionTypes);

    [LoggerMessage(101, LogLevel.Information, "Keytab {Keytab}: {KeyCount} keys of {Principals}, newest kvno {KeyVersion}, {EncryptionTypes}", EventName = "KeytabReloaded", SkipEnabledCheck = true)]
    private partial void KeytabReloaded(string keytab, int keyCount, string principals, uint keyVersion, string encryptionTypes);

    [LoggerMessage(102, LogLevel.Error, "Keytab {Keytab} cannot be read again: {Reason}. The keys of {LoadedAt} stay in use", EventName = "KeytabReloadFailed", SkipEnabledCheck = true)]
    private partial void KeytabReloadFailed(string keytab, string reason, string loadedAt);

    [LoggerMessage(110, LogLevel.Debug, "Token of {Principal} to {Service} by {Carrier}, kvno {KeyVersion}, {EncryptionType}, skew {SkewMs} ms, ticket until {TicketEnd}", EventName = "SessionEstablished", SkipEnabledCheck = true)]
    private partial void SessionEstablished(string principal, string service, string carrier, uint keyVersion, string encryptionType, long skewMs, string ticketEnd);

    [LoggerMessage(111, LogLevel.Debug, "Token again of {Principal} to {Service} by {Carrier}, kvno {KeyVersion}, {EncryptionType}, skew {SkewMs} ms, ticket until {TicketEnd}", EventName = "SessionReborn", SkipEnabledCheck = true)]
    private partial void SessionReborn(string principal, string service, string carrier, uint keyVersion, string encryptionType, long skewMs, string ticketEnd);

    [LoggerMessage(112, LogLevel.Trace, "{Principal} {Method}", EventName = "CallAuthenticated")]
    private partial void CallAuthenticated(string principal, string method);

    [LoggerMessage(EventId = 120, Message = "{Error} at {Step} for {Method}, {Principal}: {Detail} ({Suppressed} more)", EventName = "CallRefused")]
    private static partial void CallRefused(ILogger logger, LogLevel level, KerberosError error, string step, string method, string principal, string detail, int suppressed);

    [LoggerMessage(121, LogLevel.Warning, "{Error} at {Step} for {Method}, {Principal}: {Detail} ({Suppressed} more)", EventName = "ReplayRefused")]
    private partial void ReplayRefused(KerberosError error, string step, string method, string principal, string detail, int suppressed);

    [LoggerMessage(122, LogLevel.Error, "{Reason}: calls are refused until it answers", EventName = "ReplayCacheFailed")]
    private partial void ReplayCacheFailed(string reason);

    [LoggerMessage(123, LogLevel.Information, "{Principal} {Method}: its session ended", EventName = "StreamEnded", SkipEnabledCheck = true)]
    private partial void StreamEnded(string principal, string method);

    [LoggerMessage(124, LogLevel.Error, "{Event} {Reason}, for {Principal} {Method} ({Suppressed} more)", EventName = "EventFailed")]
    private partial void EventFailed(string @event, string reason, string principal, string method, int suppressed);

    private void CallRefused(LogLevel level, KerberosError error, string step, string method, string principal, string detail, int suppressed) =>
        CallRefused(_logger, level, error, step, method, principal, detail, suppressed);

    private void Keys(Action<string, int, string, uint, string> write, string source, Keytab keytab)
    {
        if (!_logger.IsEnabled(LogLevel.Information)) return;
        write(
            source,
            keytab.Entries.Count,
            string.Join(", ", keytab.Principals),
            keytab.Entries.Max(static e => e.KeyVersion),
            string.Join(", ", keytab.Entries.Select(static e => e.Type).Distinct().Select(static t => t.ToMitName())));
    }
}
