using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The end of the script: who calls, and what to answer.</summary>
internal sealed class AcceptedExchange
{
    private AcceptedExchange(ProvenApReq proven, byte[]? apRep, byte[]? mic)
    {
        var opened = proven.Request.Opened;
        Ticket = opened.Ticket.Content;
        Service = opened.Ticket.OpenedBy.Principal;
        KeyVersion = opened.Ticket.OpenedBy.KeyVersion;
        TicketEncryptionType = opened.Ticket.OpenedBy.Type;
        ClientTime = opened.Content.ClientTime;
        Session = proven.Session;
        MayRun = proven.MayRun;
        IsChannelBound = proven.Request.IsChannelBound;
        ApRep = apRep;
        Mic = mic;
    }

    public EncTicketPart Ticket { get; }

    public KerberosPrincipal Client => Ticket.Client;

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public KerberosPrincipal Service { get; }

    public uint KeyVersion { get; }

    public EncryptionType TicketEncryptionType { get; }

    public KerberosTime ClientTime { get; }

    public SessionId? Session { get; }

    /// <summary>False: the exchange is good, but the call must come again with a MIC.</summary>
    public bool MayRun { get; }

    public bool IsChannelBound { get; }

    /// <summary>The KRB_AP_REP, where the client asked for mutual authentication.</summary>
    public byte[]? ApRep { get; }

    /// <summary>The answer's MIC, where the call had one.</summary>
    public byte[]? Mic { get; }

    public static AcceptedExchange Establish(FreshApReq fresh)
    {
        var proven = fresh.Proven;
        var opened = proven.Request.Opened;
        var received = opened.Ticket.Received;
        var apRep = received.Message.Options.HasFlag(ApOptions.MutualRequired) ? SealReply(opened) : null;
        var mic = proven.Keys is { } keys && received.Call.Proof is { Number: { } number } proof
            ? keys.SignAnswer(number, MicInput.Reply(proof.Mic.Span, apRep))
            : null;
        return new AcceptedExchange(proven, apRep, mic);
    }

    /// <summary>The authenticator's time, sealed with the TICKET's session key (RFC 4120 section 3.2.4); its number given back, so no counter is kept.</summary>
    private static byte[] SealReply(OpenedAuthenticator opened)
    {
        var part = new EncApRepPart(opened.Content.ClientTime, Subkey: null, opened.Content.SequenceNumber).Encode();
        var cipher = opened.SessionKey.Seal(KeyUsage.ApRepEncPart, part);
        return new ApRep(new EncryptedData(opened.SessionKey.Type, null, cipher)).Encode();
    }
}
