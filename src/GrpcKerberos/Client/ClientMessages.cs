using System.Globalization;
using System.Net.Security;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Kdc;
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

    public const string InterceptedTwice =
        "The call goes through two KerberosClientInterceptors, and a call has one caller. Nothing was sent. "
        + "Next: put it in once: by WithKerberos(…), or by AddInterceptor where the client is made from the channel's own invoker.";

    public static string ServiceNameUnknown(string target) =>
        $"The target \"{target}\" holds no host name to make a service name from, and a server is never asked for its own. "
        + "Next: set KerberosClientOptions.ServicePrincipal.";

    public static string NoPrincipal(string name) => $"\"{name}\" is no principal. Next: write it as HTTP/orders.corp.example, with @REALM where it is another than Realm.";

    public static string NoRealm(string name) =>
        $"No realm is known for {name}: neither the settings nor krb5.conf name one. Next: set KerberosClientOptions.Realm, or default_realm in krb5.conf.";

    public static string OtherClient(string source, KerberosPrincipal found, KerberosPrincipal wanted) =>
        $"No Kerberos credentials: {source} is {found}'s, and KerberosClientOptions.Principal is {wanted}. Next: run kinit {wanted}, or correct Principal.";

    /// <param name="refusal">What was found on the way: no such service, or no way to its realm.</param>
    /// <param name="template"><see cref="KerberosClientOptions.ServicePrincipal"/>.</param>
    /// <param name="target">The channel's.</param>
    public static string ServiceUnknown(string refusal, string template, string target)
    {
        var origin = template.Contains(ServiceNames.HostMark, StringComparison.Ordinal) ? $"\"{template}\" and the target \"{target}\"" : $"ServicePrincipal \"{template}\"";
        var end = refusal.IndexOf(". Next: ", StringComparison.Ordinal);
        return refusal.Insert(end < 0 ? refusal.Length : end, $"; the name came from {origin}");
    }

    public static string TokenTooLargeForHeader(KerberosPrincipal service, int size, int limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The token for {service} has {size:N0} bytes, more than a header may carry ({limit:N0}), and the server does not answer {EstablishMessage.Service}. Next: update it, or let the proxy pass that path.");

    public static string EstablishTimedOut(KerberosPrincipal service, TimeSpan limit) => string.Create(
        CultureInfo.InvariantCulture, $"{service} did not answer {EstablishMessage.Service} in {limit.TotalSeconds:0} s. Next: see whether it is up; the next call tries again.");

    public static string EstablishFailed(KerberosPrincipal service, Exception e) =>
        $"{EstablishMessage.Service} of {service} could not be called: {e.GetType().Name}: {e.Message} Next: see the inner exception; the next call tries again.";

    public static string EstablishFirstNotOffered(KerberosPrincipal service, bool useDefaultCredentials) =>
        $"{service} does not answer {EstablishMessage.Service}, so it cannot prove itself before the first call, as {(useDefaultCredentials ? nameof(KerberosClientOptions.UseDefaultCredentials) : nameof(KerberosClientOptions.EstablishFirst))} demands. Nothing was sent. "
        + $"Next: let the proxy pass that path, update the server, or take {(useDefaultCredentials ? "UseDefaultCredentials out and name a Keytab or CredentialCache" : "EstablishFirst out")}.";

    public const string SystemTickets =
        "With UseDefaultCredentials the operating system keeps its tickets to itself. Nothing was asked for. Next: run klist, or call the service.";

    public const string SystemMicForeign =
        "The operating system's ticket for this service has an encryption type whose MICs are not those of RFC 4121 (RC4 or DES). Next: give the service's account AES keys "
        + "(msDS-SupportedEncryptionTypes 0x18), change its password once, and log in anew.";

    public static string SystemUnusable(Exception e) =>
        $"The operating system's Kerberos cannot be used: {e.GetType().Name}: {e.Message} Next: on Linux install MIT's GSS-API (Debian libgssapi-krb5-2, Alpine krb5-libs); else see the inner exception.";

    public static string SystemTokenRefused(KerberosPrincipal service, NegotiateAuthenticationStatusCode status) =>
        $"The operating system gives no token for {service} ({status}; no NTLM is asked for). Next: see whether it has a login (klist), whether it finds the KDC, and whether {service} is registered "
        + $"(kvno {service}; klist get {service}; KRB5_TRACE=/dev/stderr has the steps on Linux); or set ServicePrincipal.";

    public static string SystemMicRefused(KerberosPrincipal service, Exception e) =>
        $"The operating system makes no MIC for {service} any more: {e.GetType().Name}: {e.Message} Nothing was sent. Next: call again, which begins anew; where it comes again, log in anew (kinit).";

    public static string SystemSessionUnknown(KerberosPrincipal service) =>
        $"{service} does not know the session of this call, or somebody says so in its name: it was restarted, or another replica took the call. With UseDefaultCredentials a call cannot come again "
        + "under the number it had, so it is never sent again by itself. Next: call again where it may run twice, which establishes a new session; where it comes often, keep the connection with one replica.";

    public static string TokenTooLarge(KerberosPrincipal service, int size, int limit) => string.Create(
        CultureInfo.InvariantCulture,
        $"The token for {service} has {size:N0} bytes (limit {limit:N0}). Next: the account is in very many groups: use one with fewer, or set NO_AUTH_DATA_REQUIRED on the service's account.");

    public static string ChannelBindingInClear(KerberosPrincipal service) =>
        $"The channel to {service} has no TLS, so nothing can be bound to it. Nothing was sent. Next: use https://, or take ChannelBinding out.";

    public static string ChannelBindingUnseen(KerberosPrincipal service) =>
        $"No certificate of {service} was seen that proofs can be bound to. Nothing was proved. Next: make the ChannelBindingSource of the SocketsHttpHandler that the channel uses, before its first call; "
        + "where it ends TLS by itself (ConnectCallback), or the certificate is signed by Ed25519 or ML-DSA, use ChannelBindingSource.From(certificate) or take ChannelBinding out.";

    public static string SessionUnknown(KerberosPrincipal service) =>
        $"{service} does not know the session of this call: it was restarted, or another replica took it. The call was not run. Next: call again, which establishes a new one; "
        + "where it comes often, a balancer spreads the calls of a server-bound session: keep the connection with one replica, or set SessionPortability to Portable there.";

    public static string ServerNotProven(Attempt attempt, bool isAbsent)
    {
        var service = attempt.Peer.Service;
        if (!attempt.Call.HasProof && attempt.Call.Token is not null)
        {
            return $"{service} answered without proving who it is ({(isAbsent ? "no www-authenticate: Negotiate" : "its www-authenticate: Negotiate is not this call's")} in the response headers). The answer was discarded. "
                + "Next: let it send what gss_accept_sec_context gives back as initial metadata, and see that no proxy strips it; its log says whether it took the token. If it does all that, treat it as an impostor.";
        }

        return $"{service} answered without proving who it is ({(isAbsent ? "no authentication-info" : "authentication-info is not this call's")}). The answer was discarded. "
            + "Next: is AddKerberos() on that server (one that takes GSS-API tokens instead needs TokenFormat), and does a proxy strip the header? If neither, treat it as an impostor.";
    }

    public static string SkewBeforeCorrection(Attempt attempt, KrbError detail) =>
        $"This host's clock is {Skew(attempt, detail)} {attempt.Peer.Service} (limit 5 min), and this call cannot be sent again. "
        + "Next: call again, which goes by the service's clock; and " + ClockText.Mend;

    public static string NotAllowed(string method) => $"The caller is authenticated but may not call {method}. Next: the server's log names the requirement.";

    /// <summary>For what nobody thought of, inside the credentials.</summary>
    public static string Unexpected(Exception e) => e is ObjectDisposedException
        ? "The KerberosClientInterceptor was disposed while calls go through it. Next: keep it as long as its channels."
        : $"No Kerberos credentials: {e.GetType().Name}: {e.Message} Next: see the inner exception.";

    /// <summary>What a server refused, in the words of the one who called it.</summary>
    public static string Refused(KerberosError error, Attempt attempt, string method, KrbError? detail)
    {
        var service = attempt.Peer.Service;
        if (attempt.Session.Ticket is not { } ticket) return RefusedSystem(error, attempt, method, detail);
        return error switch
        {
            KerberosError.ClockSkew => $"This host's clock is {Skew(attempt, detail)} {service} (limit 5 min), also after one correction. Next: {ClockText.Mend}",
            KerberosError.TicketRefused => $"{ticket.Service} cannot open our ticket (kvno {ticket.Ticket.EncPart.KeyVersion?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}, {ticket.Ticket.EncPart.Type.ToMitName()}). Next: its keytab lacks that key, or the name belongs to another account; its log, event 120, and grpc-kerberos doctor server there say which.",
            KerberosError.TicketExpired => $"The service judged our ticket expired{(detail is null ? "" : $" at {detail.ServerTime}")}; by our clock it ends {ticket.Ends}. Next: compare both clocks; where they agree, the service ended our sessions: log in anew (kinit; with a keytab call again in 5 seconds).",
            KerberosError.EncryptionTypeRefused => $"{service} does not permit {ticket.SessionKey.Type.ToMitName()}. Next: allow it there (EncryptionTypes), or name one it permits in KerberosClientOptions.EncryptionTypes.",
            KerberosError.Replayed => "The service has seen this proof before (KRB_AP_ERR_REPEAT, 34). Every attempt gets a fresh one, so something below gRPC sends requests twice. Next: look for a retrying handler or proxy; retry in ServiceConfig instead.",
            KerberosError.TokenTooLarge => string.Create(CultureInfo.InvariantCulture, $"The token for {service} has {attempt.Call.Encoded.Length:N0} bytes, more than the service takes. Next: the account is in very many groups: use one with fewer, or set NO_AUTH_DATA_REQUIRED on the service's account."),
            KerberosError.ChannelBindingMismatch when attempt.Binding is null =>
                $"{service} demands a channel binding, and this client sends none. Next: set KerberosClientOptions.ChannelBinding to ChannelBindingSource.From(handler) and call over https://, or let ChannelBinding be WhenSent there.",
            KerberosError.ChannelBindingMismatch => "The TLS certificate we saw is not the one the service uses. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates; if none does, someone is in between.",
            KerberosError.NotAllowed => NotAllowed(method),
            KerberosError.TokenMissing => "The service says that the call carried no proof, yet it left with one. Next: let what stands in between, a proxy or a mesh, pass the authorization header.",
            _ => $"{service} refused the call: {error} ({Code(error, detail)}). Next: its log, event 120, names the step.",
        };
    }

    /// <summary>The same where the ticket is the operating system's, which shows nothing of it.</summary>
    private static string RefusedSystem(KerberosError error, Attempt attempt, string method, KrbError? detail)
    {
        var service = attempt.Peer.Service;
        return error switch
        {
            KerberosError.ClockSkew => $"This host's clock is {Skew(attempt, detail)} {service} (limit 5 min). Next: {ClockText.Mend}",
            KerberosError.TicketRefused => $"{service} cannot open the operating system's ticket. Next: its keytab lacks that key, or the name belongs to another account; its log, event 120, and grpc-kerberos doctor server there say which.",
            KerberosError.TicketExpired => "The service judged the operating system's ticket expired. Next: call again, which begins anew; where it comes again, log in anew (kinit), and compare both clocks.",
            KerberosError.ChannelBindingMismatch =>
                $"{service} demands a channel binding, which UseDefaultCredentials cannot carry. Next: take UseDefaultCredentials out and name a Keytab or CredentialCache, or let ChannelBinding be WhenSent there.",
            KerberosError.NotAllowed => NotAllowed(method),
            KerberosError.TokenTooLarge => TokenTooLarge(service, attempt.Call.Encoded.Length, EstablishMessage.MostTokenOctets),
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
