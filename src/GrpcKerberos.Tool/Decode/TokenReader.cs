using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Kdc;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Tool.Decode;

/// <summary>The octets of a token: its frames, and which message is in them.</summary>
internal sealed class TokenReader(Trail trail, ApReqReader requests, KerberosTime now)
{
    private const byte FrameTag = 0x60;
    private const byte ResponseTag = 0xa1;

    /// <summary>What a service may be set to take at most, and its frames.</summary>
    private const int MaxOctets = 65_535 + InitialToken.MaxOverhead;

    private static ReadOnlySpan<byte> NtlmLabel => "NTLMSSP\0"u8;

    public void Read(ReadOnlyMemory<byte> token, TokenKind kind)
    {
        if (token.IsEmpty || token.Length > MaxOctets)
            trail.End("token", Invariant($"It has {token.Length} octets, and tokens have 1 to {MaxOctets}. Next: give one token alone, and whole."));
        else if (token.Span.StartsWith(NtlmLabel))
            trail.End("framing", Capital(Mechanism.Ntlm.Problem()));
        else if (token.Span[0] == FrameTag)
            ReadFrame(token, kind);
        else if (token.Span[0] == ResponseTag)
            ReadResponse(token, kind);
        else
            ReadBare(token, kind);
    }

    private void ReadBare(ReadOnlyMemory<byte> token, TokenKind kind)
    {
        if (kind == TokenKind.Gss) trail.End("framing", "It has no GSS-API frame");
        else ReadMessage(token, kind, TokenFraming.ApReq);
    }

    private void ReadFrame(ReadOnlyMemory<byte> token, TokenKind kind)
    {
        if (!GssFrame.TryOpen(token, out var mechanism, out _, out var problem))
        {
            trail.End("framing", Capital(problem));
            return;
        }

        if (mechanism != Mechanism.Spnego)
        {
            ReadKerberos(token, kind, TokenFraming.Gss);
            return;
        }

        if (!Spnego.TryReadInit(token, out var init, out problem))
        {
            trail.End("framing", $"SPNEGO (RFC 4178): {problem}");
            return;
        }

        trail.Add("framing", $"SPNEGO (RFC 4178), NegTokenInit, {Name(init.Preferred)} first");
        ReadKerberos(init.MechToken, kind, TokenFraming.Spnego);
    }

    private void ReadResponse(ReadOnlyMemory<byte> token, TokenKind kind)
    {
        if (!Spnego.TryReadResponse(token, out var response, out var problem))
        {
            trail.End("framing", $"SPNEGO (RFC 4178): {problem}");
            return;
        }

        var chosen = response.Supported is { } mechanism ? $", {Name(mechanism)}" : "";
        trail.Add("framing", $"SPNEGO (RFC 4178), NegTokenResp, {response.State?.ToString() ?? "no state"}{chosen}");
        if (!response.ResponseToken.IsEmpty) ReadKerberos(response.ResponseToken, kind, TokenFraming.Spnego);
    }

    private void ReadKerberos(ReadOnlyMemory<byte> token, TokenKind kind, TokenFraming framing)
    {
        if (!GssFrame.TryUnwrap(token, out var message, out var problem))
        {
            trail.End("framing", $"GSS-API: {problem}");
            return;
        }

        trail.Add("framing", $"GSS-API (RFC 2743), Kerberos 5, TOK_ID of {message.Kind}");
        ReadMessage(message.Message, kind, framing);
    }

    private void ReadMessage(ReadOnlyMemory<byte> message, TokenKind kind, TokenFraming framing)
    {
        var type = TypeOf(message);
        if (kind is TokenKind.ApReq or TokenKind.ApRep or TokenKind.KrbError && type != Wanted(kind))
        {
            trail.End("message", $"It is {Name(type)}, where {Name(Wanted(kind))} belongs");
            return;
        }

        try
        {
            switch (type)
            {
                case MessageType.ApReq:
                    requests.Read(message, framing);
                    break;
                case MessageType.ApRep:
                    ReadReply(ApRep.Decode(message));
                    break;
                case MessageType.KrbError:
                    ReadError(KrbError.Decode(message));
                    break;
                default:
                    trail.End("message", $"It is {Name(type)}: no KRB_AP_REQ, KRB_AP_REP or KRB-ERROR, which are all that services and their callers send. Next: copy the value whole, or say by --kind what it is.");
                    break;
            }
        }
        catch (DerException e)
        {
            trail.End("message", $"The {Name(type)} is malformed: {e.Message}");
        }
    }

    /// <summary>By its APPLICATION tag; none of them where it is no element of ASN.1 at all.</summary>
    private static MessageType TypeOf(ReadOnlyMemory<byte> message)
    {
        try
        {
            return Array.Find(Enum.GetValues<MessageType>(), t => new DerReader(message).NextIsApplication((int)t));
        }
        catch (DerException)
        {
            return default;
        }
    }

    private void ReadReply(ApRep reply)
    {
        trail.Add("message", "KRB_AP_REP (RFC 4120 section 5.5.2): the service's answer, which proves it");
        var size = Invariant($"{reply.EncPart.Type.ToMitName()}, {reply.EncPart.Cipher.Length} octets");
        trail.Add("sealed", $"{size}, by the ticket's session key, which no keytab has: its two ends alone can open it");
    }

    private void ReadError(KrbError error)
    {
        trail.Add("message", $"KRB-ERROR (RFC 4120 section 5.9.1): {KdcErrors.Name(error.Code)}; nothing in it is proved by itself");
        trail.Add("service", error.Service.ToString());
        if (error is { ClientName: { } name }) trail.Add("client", new Protocol.KerberosPrincipal(name, error.ClientRealm ?? "").ToString());
        var clients = error.ClientTime is { } client ? $"; the client's {Moment.Of(client, now)}" : "";
        trail.Add("times", $"the service's {Moment.Of(error.ServerTime, now)}{clients}");
        if (error.Text is { Length: > 0 } text) trail.Add("text", text);
    }

    private static MessageType Wanted(TokenKind kind) => kind switch
    {
        TokenKind.ApRep => MessageType.ApRep,
        TokenKind.KrbError => MessageType.KrbError,
        _ => MessageType.ApReq,
    };

    private static string Name(MessageType type) => type switch
    {
        MessageType.ApReq => "KRB_AP_REQ",
        MessageType.ApRep => "KRB_AP_REP",
        MessageType.KrbError => "KRB-ERROR",
        _ => Enum.IsDefined(type) ? $"a message for KDCs ({type})" : "no message of Kerberos",
    };

    private static string Name(Mechanism mechanism) => mechanism switch
    {
        Mechanism.Kerberos => "Kerberos 5",
        Mechanism.MicrosoftKerberos => "Kerberos 5 as Windows names it",
        _ => mechanism.ToString(),
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
