using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Pac;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The end of the script: a token that passed every check, the session it makes, and what to answer.</summary>
internal sealed class AcceptedExchange : IProvedCaller
{
    private readonly ProvenApReq _proven;
    private readonly ProcessSecret _secret;

    private AcceptedExchange(ProvenApReq proven, ProcessSecret secret, SessionId id, SessionKeys keys, byte[]? apRep)
    {
        _proven = proven;
        _secret = secret;
        var opened = proven.Request.Opened;
        Ticket = opened.Ticket.Content;
        Service = opened.Ticket.OpenedBy.Principal;
        KeyVersion = opened.Ticket.OpenedBy.KeyVersion;
        TicketEncryptionType = opened.Ticket.OpenedBy.Type;
        Authenticator = opened.Content;
        Binding = proven.Request.Binding;
        Data = proven.Request.CallerData;
        ProofKeys = proven.Keys;
        Session = id;
        Keys = keys;
        IsServerBound = proven.Request.IsServerBound;
        IsMutual = opened.Ticket.Received.Message.Options.HasFlag(ApOptions.MutualRequired);
        ApRep = apRep;
    }

    public EncTicketPart Ticket { get; }

    public KerberosPrincipal Client => Ticket.Client;

    public KerberosTime AuthTime => Ticket.AuthTime;

    public KerberosTime TicketEnds => Ticket.EndTime;

    public CallerData? Data { get; }

    public bool IsChannelBound => Binding is not null;

    /// <summary>The keytab's principal whose key opened the ticket.</summary>
    public KerberosPrincipal Service { get; }

    public uint KeyVersion { get; }

    public EncryptionType TicketEncryptionType { get; }

    public Authenticator Authenticator { get; }

    /// <summary>The TLS channel the client bound itself to, where it did.</summary>
    public ChannelBinding? Binding { get; }

    /// <summary>K's MIC keys, by which this very call is answered; null where the client proposed no K.</summary>
    public SessionKeys? ProofKeys { get; }

    /// <summary>The session this exchange makes: of K, or, server-bound, of the subkey the KRB_AP_REP asserts.</summary>
    public SessionId Session { get; }

    public SessionKeys Keys { get; }

    public bool IsServerBound { get; }

    /// <summary>Whether the client asked for a KRB_AP_REP.</summary>
    public bool IsMutual { get; }

    /// <summary>The id of the other session that this K makes here where a connection has TLS and another has not; null where there is no K.</summary>
    public SessionId? Sibling() => IsServerBound ? _proven.Proposed : BoundId(_proven, _secret);

    /// <summary>The KRB_AP_REP, where the client asked for mutual authentication, or must learn the subkey from it.</summary>
    public byte[]? ApRep { get; }

    public static AcceptedExchange Establish(FreshApReq fresh, ProcessSecret secret)
    {
        var proven = fresh.Proven;
        var request = proven.Request;
        var opened = request.Opened;
        if (!request.IsServerBound)
        {
            var isMutual = opened.Ticket.Received.Message.Options.HasFlag(ApOptions.MutualRequired);
            return new AcceptedExchange(proven, secret, proven.Proposed!.Value, proven.Keys!, isMutual ? SealReply(opened, null) : null);
        }

        using var subkey = SubkeyOf(proven, secret);
        var id = SessionId.Derive(subkey, opened.Ticket.Received.Message.Ticket.Encoded.Span);
        return new AcceptedExchange(proven, secret, id, new SessionKeys(subkey, KeyOwner.Acceptor), SealReply(opened, subkey));
    }

    private static Subkey SubkeyOf(ProvenApReq proven, ProcessSecret secret) =>
        proven.Proposed is { } proposed ? secret.SubkeyFor(proven.AssertedType, proposed) : Subkey.Generate(proven.AssertedType);

    private static SessionId BoundId(ProvenApReq proven, ProcessSecret secret)
    {
        using var subkey = SubkeyOf(proven, secret);
        return SessionId.Derive(subkey, proven.Request.Opened.Ticket.Received.Message.Ticket.Encoded.Span);
    }

    /// <summary>The authenticator's time, sealed with the TICKET's session key (RFC 4120 section 3.2.4); its number given back, so no counter is kept.</summary>
    private static byte[] SealReply(OpenedAuthenticator opened, Subkey? asserted)
    {
        var subkey = asserted is null ? null : new EncryptionKey(asserted.Type, asserted.Bytes.ToArray());
        var part = new EncApRepPart(opened.Content.ClientTime, subkey, opened.Content.SequenceNumber).Encode();
        var cipher = opened.SessionKey.Seal(KeyUsage.ApRepEncPart, part);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(part);
        return new ApRep(new EncryptedData(opened.SessionKey.Type, null, cipher)).Encode();
    }
}
