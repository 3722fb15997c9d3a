using GrpcKerberos.Protocol;

namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>What the peer is told: coarse, and what to do next. No principal, no path, nothing a prober could use.</summary>
internal static class PeerText
{
    public const string Prove = "The token is good, and alone it runs nothing. Next: send the call again, proved by the session named here.";

    public const string NotBound =
        "The proof is bound to no TLS certificate that the service knows as its own. Next: set ChannelBinding in the client (from another language the context's channel bindings); if a proxy ends TLS, list its certificate in ChannelBindingCertificates.";

    public const string StreamEnded =
        "The session this stream began with has ended: its time or its ticket's is over, its key was withdrawn, or the service ended it. Next: call again; if that is refused, get a new ticket (kinit; a keytab does it by itself).";

    public const string NotGrpc =
        "This method needs Kerberos, which is proved by gRPC calls alone. "
        + "Next: call it by gRPC; or let the service authenticate plain HTTP by a scheme beside Kerberos.";

    public const string Undecided = "The service cannot decide about the caller just now. Next: try again later; its log, event 124, has the reason.";

    public static string Of(KerberosError error) => error switch
    {
        KerberosError.TokenTooLarge => "The token is larger than the service takes. Next: use an account in fewer groups, or raise MaxTokenBytes there.",
        KerberosError.TicketRefused => "The service cannot open the ticket. Next: its keytab lacks the key, or the name belongs to another account; its log, event 120, says which.",
        KerberosError.EncryptionTypeRefused => "The service refuses the ticket's or the session's encryption type. Next: give its account AES keys, then change its password once.",
        KerberosError.TicketExpired => "The ticket has ended by the service's clock. Next: get a new one (kinit; a keytab does it by itself), or compare both clocks.",
        KerberosError.TicketNotYetValid => "The ticket is not valid yet by the service's clock. Next: compare both clocks; validate a postdated ticket (kinit -v).",
        KerberosError.ClockSkew => "The call's time is not within what the service allows. Next: set both clocks (timedatectl set-ntp true; w32tm /resync).",
        KerberosError.Replayed => "The service has seen this proof before. Next: look for a retrying handler or proxy; retry in ServiceConfig instead.",
        KerberosError.ChannelBindingMismatch => "The TLS certificate you saw is not the service's. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates.",
        KerberosError.Unavailable => "The service cannot tell a new proof from a used one just now. Next: try again later; its log, event 122 or 120, has the reason.",
        KerberosError.SessionUnknown => "The service does not know the session. Next: send the call again with a token.",
        KerberosError.ProofRefused => "The proof is not this call's: session, t, mic, method and token do not fit. Next: make it for each attempt of each call; its log, event 120, names the step.",
        _ => $"The service refused the proof: {error}. Next: its log, event 120, names the step.",
    };

    public static string Wrapping(string problem) =>
        $"The service cannot take the token: {problem}{(problem.Contains("Next:", StringComparison.Ordinal) ? "" : ". Next: send it as gss_init_sec_context made it.")}";

    public static string Missing(string? otherScheme, bool takesNegotiate) =>
        $"This method needs Kerberos and the call carried no proof{(otherScheme is null ? "" : $" of it, but the scheme {otherScheme}")}. "
        + $"Next: add KerberosClientInterceptor{(takesNegotiate ? ", or from another language authorization: Negotiate" : "")}.";

    public static string NotAllowed(string method) => $"The caller is authenticated but may not call {method}. Next: the server's log names the requirement.";
}
