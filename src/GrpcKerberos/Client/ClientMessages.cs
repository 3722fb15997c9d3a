using System.Globalization;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Client;

/// <summary>Every text a caller can meet: what happened, then <c>Next:</c> and the mend.</summary>
internal static class ClientMessages
{
    public const string ProofSkipped =
        "The call went out without Kerberos: gRPC drops call credentials on an http:// channel. The answer was discarded. "
        + "Next: use https://, or where the link is protected otherwise set GrpcChannelOptions.UnsafeUseInsecureChannelCallCredentials.";

    public static string BlockingCall(string method) =>
        "A blocking call hides its response headers from interceptors, so the server's proof cannot be checked. Nothing was sent. "
        + $"Next: call {method}Async, or make the client with WithKerberos(…).";

    public static string ServiceNameUnknown(string target) =>
        $"The target \"{target}\" holds no host name to make a service name from, and a server is never asked for its own. "
        + "Next: set KerberosClientOptions.ServicePrincipal.";

    public static string NoPrincipal(string name) => $"\"{name}\" is no principal. Next: write it as HTTP/orders.corp.example, with @REALM where it is another than Realm.";

    public static string NoRealm(string name) =>
        $"No realm is known for {name}: neither the settings nor krb5.conf name one. Next: set KerberosClientOptions.Realm, or default_realm in krb5.conf.";

    public static string OtherClient(string source, KerberosPrincipal found, KerberosPrincipal wanted) =>
        $"No Kerberos credentials: {source} is {found}'s, and KerberosClientOptions.Principal is {wanted}. Next: run kinit {wanted}, or correct Principal.";

    public static string ServiceUnknown(KerberosPrincipal service, string template, string target)
    {
        var name = string.Join('/', service.Components);
        var origin = template.Contains(ServiceNames.HostMark, StringComparison.Ordinal) ? $"\"{template}\" and the target \"{target}\"" : $"ServicePrincipal \"{template}\"";
        return $"{service.Realm} knows no service {name} (KDC_ERR_S_PRINCIPAL_UNKNOWN, 7); the name came from {origin}. Next: use the host name it is registered by, "
            + $"set ServicePrincipal, or register it (setspn -S {name} svc-orders; kadmin addprinc).";
    }

    public static string TokenTooLargeForHeader(KerberosPrincipal service, int size, int limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The token for {service} has {size:N0} bytes, more than a header may carry ({limit:N0}), and the server does not answer {EstablishMessage.Service}. Next: update it, or let the proxy pass that path.");

    public static string EstablishTimedOut(KerberosPrincipal service, TimeSpan limit) => string.Create(
        CultureInfo.InvariantCulture, $"{service} did not answer {EstablishMessage.Service} in {limit.TotalSeconds:0} s. Next: see whether it is up; the next call tries again.");

    public static string EstablishFailed(KerberosPrincipal service, Exception e) =>
        $"{EstablishMessage.Service} of {service} could not be called: {e.GetType().Name}: {e.Message} Next: see the inner exception; the next call tries again.";

    public static string EstablishFirstNotOffered(KerberosPrincipal service) =>
        $"{service} does not answer {EstablishMessage.Service}, so it cannot prove itself before the first call, as EstablishFirst demands. Nothing was sent. "
        + "Next: let the proxy pass that path, update the server, or take EstablishFirst out.";

    public static string SessionUnknown(KerberosPrincipal service) =>
        $"{service} does not know the session of this call: it was restarted, or another replica took it. The call was not run. Next: call again, which establishes a new one; "
        + "where it comes often, a balancer spreads the calls of a server-bound session: keep the connection with one replica, or set SessionPortability to Portable there.";

    public static string ServerNotProven(KerberosPrincipal service, bool isAbsent) =>
        $"{service} answered without proving who it is ({(isAbsent ? "no authentication-info" : "authentication-info is not this call's")}). The answer was discarded. "
        + "Next: is AddKerberos() on that server, and does a proxy strip the header? If neither, treat it as an impostor.";

    public static string SkewBeforeCorrection(Attempt attempt, KrbError detail) =>
        $"This host's clock is {Skew(attempt, detail)} {attempt.Peer.Service} (limit 5 min), and this call cannot be sent again. "
        + "Next: call again, which goes by the service's clock; and set the clock (timedatectl set-ntp true; w32tm /resync).";

    /// <summary>For what nobody thought of, inside the credentials.</summary>
    public static string Unexpected(Exception e) => e is ObjectDisposedException
        ? "The KerberosClientInterceptor was disposed while calls go through it. Next: keep it as long as its channels."
        : $"No Kerberos credentials: {e.GetType().Name}: {e.Message} Next: see the inner exception.";

    /// <summary>What a server refused, in the words of the one who called it.</summary>
    public static string Refused(KerberosError error, Attempt attempt, string method, KrbError? detail)
    {
        var ticket = attempt.Session.Origin.Ticket;
        var service = attempt.Peer.Service;
        return error switch
        {
            KerberosError.ClockSkew => $"This host's clock is {Skew(attempt, detail)} {service} (limit 5 min), also after one correction. Next: set the clock (timedatectl set-ntp true; w32tm /resync).",
            KerberosError.TicketRefused => $"{ticket.Service} cannot open our ticket (kvno {ticket.Ticket.EncPart.KeyVersion?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}, {ticket.Ticket.EncPart.Type.ToMitName()}). Next: its keytab lacks that key, or the name belongs to another account; its log, event 120, says which.",
            KerberosError.TicketExpired => $"The service judged our ticket expired{(detail is null ? "" : $" at {detail.ServerTime}")}; by our clock it ends {ticket.Ends}. Next: compare both clocks; where they agree, the service ended our sessions: log in anew (kinit; with a keytab call again in 5 seconds).",
            KerberosError.EncryptionTypeRefused => $"{service} does not permit {ticket.SessionKey.Type.ToMitName()}. Next: allow it there (EncryptionTypes), or name one it permits in KerberosClientOptions.EncryptionTypes.",
            KerberosError.Replayed => "The service has seen this proof before (KRB_AP_ERR_REPEAT, 34). Every attempt gets a fresh one, so something below gRPC sends requests twice. Next: look for a retrying handler or proxy; retry in ServiceConfig instead.",
            KerberosError.TokenTooLarge => string.Create(CultureInfo.InvariantCulture, $"The token for {service} has {attempt.Call.Token?.Encoded.Length ?? 0:N0} bytes, more than the service takes. Next: the account is in very many groups: use one with fewer, or set NO_AUTH_DATA_REQUIRED on the service's account."),
            KerberosError.ChannelBindingMismatch => "The TLS certificate we saw is not the one the service uses. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates; if none does, someone is in between.",
            KerberosError.NotAllowed => $"The caller is authenticated but may not call {method}. Next: the server's log names the requirement.",
            KerberosError.TokenMissing => "The service says that the call carried no proof, yet it left with one. Next: let what stands in between, a proxy or a mesh, pass the authorization header.",
            _ => $"{service} refused the call: {error} ({Code(error, detail)}). Next: its log, event 120, names the step.",
        };
    }

    private static string Skew(Attempt attempt, KrbError? detail)
    {
        if (detail is null) return "not in step with that of";
        var ahead = attempt.Call.Time - attempt.Offset - detail.ServerTime;
        var span = ahead.Duration();
        var size = span < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min");
        return $"{size} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")}";
    }

    private static string Code(KerberosError error, KrbError? detail)
    {
        var code = detail?.Code ?? error switch
        {
            KerberosError.TicketNotYetValid => KerberosErrorCode.KRB_AP_ERR_TKT_NYV,
            KerberosError.ClientMismatch => KerberosErrorCode.KRB_AP_ERR_BADMATCH,
            KerberosError.AddressMismatch => KerberosErrorCode.KRB_AP_ERR_BADADDR,
            KerberosError.TransitRefused => KerberosErrorCode.KRB_AP_PATH_NOT_ACCEPTED,
            KerberosError.PacRefused => KerberosErrorCode.KDC_ERR_POLICY,
            KerberosError.ProofRefused => KerberosErrorCode.KRB_AP_ERR_MODIFIED,
            KerberosError.Unavailable => KerberosErrorCode.KDC_ERR_SVC_UNAVAILABLE,
            _ => KerberosErrorCode.KRB_ERR_GENERIC,
        };
        return $"{code}, {(int)code}";
    }
}
