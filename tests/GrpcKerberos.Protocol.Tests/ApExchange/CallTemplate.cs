using System.Net;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Testing.Tickets;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>Everything a client puts into a call, open to change before it is sealed. Built field by field, not by the initiator under test.</summary>
internal sealed class CallTemplate
{
    private readonly Lab _lab;

    public CallTemplate(Lab lab)
    {
        _lab = lab;
        Ticket = lab.Ticket();
        Subkey = Subkey.Generate(Ticket.SessionKey.Type);
        Time = new KerberosTime(lab.Time.GetUtcNow()).WithMicroseconds(654_321);
        Authenticator = new Authenticator(
            Ticket.Client,
            Time,
            Subkey: new EncryptionKey(Subkey.Type, Subkey.Bytes.ToArray()),
            SequenceNumber: 77,
            AuthorizationData: [ProofElement.Make(ProofElement.MicRequired)]);
    }

    public ServiceTicket Ticket { get; set; }

    public Subkey Subkey { get; set; }

    public KerberosTime Time { get; set; }

    public ulong Number { get; set; } = 77;

    public string Method { get; set; } = "/greeter.v1.Greeter/SayHello";

    public Authenticator Authenticator { get; set; }

    public KeyUsage Usage { get; set; } = KeyUsage.ApReqAuthenticator;

    /// <summary>What seals the authenticator, where it shall not be the ticket's session key.</summary>
    public TicketSessionKey? SealingKey { get; set; }

    public Func<byte[], byte[]> ChangeAuthenticatorOctets { get; set; } = static octets => octets;

    public Func<ApReq, ApReq> ChangeMessage { get; set; } = static message => message;

    public Func<byte[], byte[]> ChangeToken { get; set; } = static token => token;

    public Func<CallProof, CallProof?> ChangeProof { get; set; } = static proof => proof;

    public IPAddress? RemoteAddress { get; set; } = IPAddress.Loopback;

    public IReadOnlyList<ChannelBinding> ChannelBindings { get; set; } = [];

    public Portability Portability { get; set; } = Portability.Always;

    /// <summary>The channel binding the MIC covers.</summary>
    public ReadOnlyMemory<byte> MicBinding { get; set; }

    /// <summary>Another ticket; the session key goes with it.</summary>
    public void ChangeTicket(Action<TicketTemplate> change) => Ticket = _lab.Ticket(change);

    /// <summary>As a client that knows only how to make a KRB_AP_REQ: no element of ours, and the token comes alone.</summary>
    public void SendTokenAlone()
    {
        Authenticator = Authenticator with { AuthorizationData = null };
        ChangeProof = static _ => null;
    }

    public IncomingCall Build()
    {
        var key = SealingKey ?? Ticket.SessionKey;
        var cipher = key.Seal(Usage, ChangeAuthenticatorOctets(Authenticator.Encode()));
        var message = new ApReq(ApOptions.MutualRequired, Ticket.Ticket, new EncryptedData(key.Type, null, cipher));
        var token = ChangeToken(ChangeMessage(message).Encode());
        using var keys = new SessionKeys(Subkey, KeyOwner.Initiator);
        var id = SessionId.Derive(Subkey, Ticket.Ticket.Encoded.Span);
        var mic = keys.SignCall(Number, new CallInput(id, Time, Method, MicBinding.Span, token));
        return new IncomingCall(token, ChangeProof(new CallProof(id, Time, mic)), Method)
        {
            RemoteAddress = RemoteAddress,
            Connection = new Connection(Portability, ChannelBindings),
        };
    }
}
