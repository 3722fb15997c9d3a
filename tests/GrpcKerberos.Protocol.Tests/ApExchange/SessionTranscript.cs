using System.Globalization;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.ApExchange.Accept;
using GrpcKerberos.Protocol.ApExchange.Initiate;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>One whole session made from the keys, confounders, times and numbers of a file: every line that the file should have, in its order.</summary>
internal sealed class SessionTranscript
{
    private readonly SessionVectors _given;
    private readonly List<(string Name, string Value)> _lines = [];
    private readonly ServiceTicket _ticket;

    private SessionTranscript(SessionVectors given)
    {
        _given = given;
        Give("enctype", "client", "service", "kvno", "service-key", "session-key", "authtime", "endtime", "ticket-confounder");
        _ticket = Issue();
        Put("ticket", _ticket.Ticket.Encoded.Span);
    }

    public static IReadOnlyList<(string Name, string Value)> Of(SessionVectors given)
    {
        var transcript = new SessionTranscript(given);
        transcript.AddPortable();
        transcript.AddServerBound();
        return transcript._lines;
    }

    private void AddPortable()
    {
        using var k = _given.Subkey("k");
        using var keys = new SessionKeys(k, KeyOwner.Initiator);
        var id = AddKey("", "k", k);
        Give("method", "first-t", "first-number", "first-binding", "first-confounder");
        var apReq = Put("first-ap-req", Request(k).Encoded.Span);
        AddAnswer("first", keys, AddCall("first", keys, id, apReq), AddReply("first", subkey: null));
        foreach (var call in new[] { "later", "tls" })
        {
            Give(call + "-t", call + "-number", call + "-binding");
            AddAnswer(call, keys, AddCall(call, keys, id, Put(call + "-ap-req", [])), Put(call + "-ap-rep", []));
        }

        Give("skew-t", "skew-number", "skew-binding");
        AddRefusal(keys, new CallProof(id, _given.Time("skew-t"), AddCall("skew", keys, id, Put("skew-ap-req", []))));
    }

    private void AddServerBound()
    {
        using var subkey = _given.Subkey("acceptor-subkey");
        using var keys = new SessionKeys(subkey, KeyOwner.Acceptor);
        var id = AddKey("bound-", "acceptor-subkey", subkey);
        AddReply("prove", subkey);
        Give("bound-t", "bound-number", "bound-binding");
        AddAnswer("bound", keys, AddCall("bound", keys, id, Put("bound-ap-req", [])), Put("bound-ap-rep", []));
    }

    private SessionId AddKey(string prefix, string name, Subkey key)
    {
        Give(name);
        var id = SessionId.Derive(key, _ticket.Ticket.Encoded.Span);
        Put(prefix + "id", id.ToArray());
        Put(prefix + "kc-call", ChecksumKeyOf(key, KeyUsage.InitiatorMic));
        Put(prefix + "kc-answer", ChecksumKeyOf(key, KeyUsage.AcceptorMic));
        return id;
    }

    private Mic AddCall(string call, SessionKeys keys, SessionId id, byte[] apReq)
    {
        var input = new CallInput(id, _given.Time(call + "-t"), _given["method"], _given.Octets(call + "-binding"), apReq);
        Put(call + "-input", OctetsOf(input));
        var mic = keys.SignCall(NumberOf(call), input);
        Put(call + "-mic", mic.Span);
        return mic;
    }

    private void AddAnswer(string call, SessionKeys keys, Mic mic, byte[] apRep)
    {
        var input = new ReplyInput(mic.Span, apRep);
        Put(call + "-answer-input", OctetsOf(input));
        Put(call + "-answer-mic", keys.SignAnswer(NumberOf(call), input).Span);
    }

    private void AddRefusal(SessionKeys keys, CallProof proof)
    {
        Give("skew-now");
        var refusal = ProvedRefusal.Make(ApRefusal.Of(ApRejection.CallTimeSkew, ""), proof, keys, _ticket.Service, _given.Time("skew-now"));
        _lines.Add(("skew-error", refusal.Name));
        _lines.Add(("skew-code", ((int)KrbError.Decode(refusal.KrbError!).Code).ToString(CultureInfo.InvariantCulture)));
        Put("skew-krb-error", refusal.KrbError);
        Put("skew-answer-input", OctetsOf(new ErrorInput(proof.Mic.Span, refusal.Name, refusal.KrbError)));
        Put("skew-answer-mic", refusal.Mic.Span);
    }

    /// <summary>The KRB_AP_REP to the first call's KRB_AP_REQ.</summary>
    private byte[] AddReply(string name, Subkey? subkey)
    {
        Give(name + "-ap-rep-confounder");
        var asserted = subkey is null ? null : new EncryptionKey(subkey.Type, subkey.Bytes.ToArray());
        var part = new EncApRepPart(_given.Time("first-t"), asserted, (uint)NumberOf("first")).Encode();
        var cipher = _ticket.SessionKey.Seal(KeyUsage.ApRepEncPart, part, _given.Octets(name + "-ap-rep-confounder"));
        return Put(name + "-ap-rep", new ApRep(new EncryptedData(_given.Type, null, cipher)).Encode());
    }

    private PreparedApReq Request(Subkey k) => PreparedApReq.Prepare(_ticket, _given.Time("first-t"), new ApReqContent
    {
        Subkey = k,
        SequenceNumber = (uint)NumberOf("first"),
        AuthorizationData = [ProofElement.Make(ProofElement.MicRequired)],
        Confounder = _given.Octets("first-confounder"),
    });

    private ServiceTicket Issue()
    {
        var (client, service) = (_given.Principal("client"), _given.Principal("service"));
        const TicketFlags Flags = TicketFlags.Initial | TicketFlags.PreAuthent;
        var (authTime, endTime) = (_given.Seconds("authtime"), _given.Seconds("endtime"));
        var sessionKey = new TicketSessionKey(_given.Type, _given.Octets("session-key"));
        var part = new EncTicketPart(Flags, new EncryptionKey(_given.Type, sessionKey.Bytes.ToArray()), client, TransitedEncoding.None, authTime, authTime, endTime);
        using var key = new LongTermKey(_given.Type, _given.Octets("service-key"));
        var cipher = key.Seal(KeyUsage.Ticket, part.Encode(), _given.Octets("ticket-confounder"));
        var ticket = new Ticket(service.Realm, service.Name, new EncryptedData(_given.Type, (uint)_given.Number("kvno"), cipher));
        return new ServiceTicket(client, service, ticket, sessionKey, Flags, authTime, authTime, endTime);
    }

    private static byte[] ChecksumKeyOf(Subkey key, KeyUsage usage)
    {
        var profile = (AesProfile)EncryptionProfile.For(key.Type);
        var (keyBase, kc) = (new byte[profile.BaseLength], new byte[ChecksumKeyLength(key.Type)]);
        profile.PrepareBase(key.Bytes, keyBase);
        profile.Derive(keyBase, usage, DerivedKeyKind.Checksum, kc);
        return kc;
    }

    /// <summary>The key's own length for SHA-1, half the hash for SHA-2 (RFC 8009 section 5).</summary>
    private static int ChecksumKeyLength(EncryptionType type) => type switch
    {
        EncryptionType.Aes256CtsHmacSha1 => 32,
        EncryptionType.Aes256CtsHmacSha384 => 24,
        _ => 16,
    };

    private static byte[] OctetsOf<TInput>(in TInput input)
        where TInput : IMicInput, allows ref struct
    {
        var octets = new byte[input.Length];
        input.WriteTo(octets);
        return octets;
    }

    private ulong NumberOf(string call) => (ulong)_given.Number(call + "-number");

    private void Give(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _lines.Add((name, _given[name]));
    }

    private byte[] Put(string name, ReadOnlySpan<byte> octets)
    {
        _lines.Add((name, octets.IsEmpty ? "-" : Convert.ToHexStringLower(octets)));
        return octets.ToArray();
    }
}
