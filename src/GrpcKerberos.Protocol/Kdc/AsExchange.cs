using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A login (RFC 4120 section 3.1).</summary>
/// <remarks>
/// Asked without pre-authentication first: the KDC's refusal names salt and encryption type. Where krb5.conf says canonicalize, or the name is an
/// enterprise name (<c>alice\@corp.example@CORP.EXAMPLE</c>), the KDC may know the client by another name or send it to another realm (RFC 6806).
/// With armour (RFC 6113) every request is armoured, the key is proved by encrypted challenge, and nothing is heeded that was not in the answer's armour.
/// </remarks>
internal sealed class AsExchange(
    KdcConversation conversation,
    KdcClock clock,
    TimeSpan clockSkew,
    KerberosPrincipal client,
    IClientKeys keys,
    IReadOnlyList<EncryptionType> permitted,
    LoginTerms terms,
    FastArmor? armor = null)
{
    private readonly KdcOptions _options =
        terms.Options | (client.Name.Type == NameType.Enterprise ? KdcOptions.Canonicalize : KdcOptions.None);

    private readonly KerberosPrincipal _service = KerberosPrincipal.TicketGrantingService(client.Realm);

    /// <summary>Types that have a key before those that have none: the KDC seals with the first it can.</summary>
    private readonly EncryptionType[] _offered = [.. permitted.Where(keys.Has), .. permitted.Where(t => !keys.Has(t))];

    private TimeSpan _offset = armor?.Offset ?? clock.Offset;
    private bool _corrected;
    private KdcHints? _hints;
    private LongTermKey? _key;
    private PreAuthData? _cookie;

    /// <summary>The KDC's clock less this host's, as the reply proved it.</summary>
    public TimeSpan Offset => _offset;

    public KdcAddress? Kdc { get; private set; }

    /// <summary>The realm the KDC sends this client to. Anybody can have written that; but there, too, only who has the client's key can answer.</summary>
    public string? ReferredTo { get; private set; }

    /// <summary>Whether the KDC takes the client's key in armour alone, and there was none.</summary>
    public bool DemandsArmor => _hints?.DemandArmor ?? false;

    /// <summary>Null where the KDC sends the client to another realm, or demands armour.</summary>
    public async ValueTask<ServiceTicket?> RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.HostNow + _offset;
            var body = new KdcReqBody(
                _options, client.Name, client.Realm, _service.Name, terms.Till(now), KdcRequests.NewNonce(), _offered, RenewTill: terms.RenewTill(now));
            var request = new KdcReq(MessageType.AsReq, body, armor is null ? Proofs() : [armor.Wrap(body, Proofs())]).Encode();
            var reply = await conversation.SendAsync(MessageType.AsRep, request, cancellationToken).ConfigureAwait(false);
            Kdc = reply.Kdc;
            using var opened = armor is null ? null : OpenedReply.Open(armor, reply, body.Nonce);
            reply = opened?.Reply ?? reply;
            _cookie = opened?.PreAuthData.FirstOrDefault(static p => p.Type == PreAuthType.FxCookie);
            if (reply.Rep is not null) return Accept(reply, body, request, opened?.StrengthenKey);
            if (IsReferred(reply.Error!)) return null;
            Heed(reply.Kdc, reply.Error!);
            if (DemandsArmor) return null;
        }
    }

    private List<PreAuthData> Proofs()
    {
        List<PreAuthData> proofs = [AsReqProof.Asked];
        if (_cookie is not null) proofs.Insert(0, _cookie);
        if (_key is not null) proofs.Insert(0, armor is null ? Proof(_key) : EncryptedChallenge.Make(armor.Key, _key, clock.Next(_offset)));
        return proofs;
    }

    private bool IsReferred(KrbError error)
    {
        if (error.Code != KerberosErrorCode.KDC_ERR_WRONG_REALM || !_options.HasFlag(KdcOptions.Canonicalize)) return false;
        // Anybody writes such words, and they go into messages and logs.
        if (error.ClientRealm is not { Length: > 0 and <= TransitedRealms.MaxNameLength } realm || realm == client.Realm || realm.Any(char.IsControl)) return false;
        ReferredTo = realm;
        return true;
    }

    /// <summary>What the next request does better; throws where nothing does.</summary>
    private void Heed(KdcAddress kdc, KrbError error)
    {
        switch (error.Code)
        {
            case KerberosErrorCode.KDC_ERR_PREAUTH_REQUIRED when _key is null:
                _hints = KdcHints.Read(kdc, client, error.Data, armor is null ? PreAuthType.EncTimestamp : PreAuthType.EncryptedChallenge);
                if (_hints.DemandArmor) break;
                var hint = _hints.Choose(_offered) ?? throw KdcErrors.EncryptionTypeRefused(client, _offered);
                _key = keys.Find(hint.Type, hint.Salt, hint.Parameters.Span, keyVersion: null);
                break;
            case KerberosErrorCode.KRB_AP_ERR_SKEW:
                var offset = error.ServerTime - clock.HostNow;
                if (_corrected) throw KdcErrors.ClockSkew(kdc, offset, clockSkew);
                _offset = offset;
                _corrected = true;
                break;
            default:
                throw KdcErrors.OfLogin(error, kdc, client, keys, _offered, _key?.Type);
        }
    }

    private PreAuthData Proof(LongTermKey key)
    {
        var sealedTime = key.Seal(KeyUsage.PaEncTimestamp, new PaEncTimestamp(clock.Next(_offset)).Encode());
        return new PreAuthData(PreAuthType.EncTimestamp, new EncryptedData(key.Type, null, sealedTime).Encode());
    }

    private ServiceTicket Accept(KdcReply reply, KdcReqBody body, byte[] request, Subkey? strengthenKey)
    {
        var rep = reply.Rep!;
        VerifiedKdcRep.RequireOffered(reply.Kdc, rep.EncPart.Type, _offered);
        var longTerm = ReplyKey(reply);
        if (armor is not null && _key is not null) VerifyChallenge(reply, armor, _key);
        using var strengthened = strengthenKey is null ? null : CombinedKey.Combine(strengthenKey, "strengthenkey"u8, longTerm, "replykey"u8);
        KerberosKey key = strengthened is null ? longTerm : strengthened;
        if (key.Type != rep.EncPart.Type || !key.TryOpen(KeyUsage.AsRepEncPart, rep.EncPart.Cipher.Span, out var plaintext)) throw NotOpened(reply);
        var ticket = VerifiedKdcRep.Verify(reply, plaintext, body, client, _service, p => AsReqProof.Verify(reply.Kdc, p, request, key)).Ticket;
        // Sealed with our key for our nonce, so the time in it is the KDC's own of this moment.
        var offset = ticket.AuthTime - clock.HostNow;
        if ((offset - _offset).Duration() > clockSkew) _offset = offset;
        KdcRequests.CheckTimes(reply.Kdc, ticket, clock.HostNow + _offset, clockSkew);
        return ticket;
    }

    private static void VerifyChallenge(KdcReply reply, FastArmor armor, LongTermKey key)
    {
        try
        {
            EncryptedChallenge.Verify(reply.Kdc, armor.Key, key, reply.Rep!.PreAuthData!);
        }
        catch (DerException e)
        {
            throw KdcErrors.WrongReply(reply.Kdc, $"in its encrypted challenge {e.Message}");
        }
    }

    private LongTermKey ReplyKey(KdcReply reply)
    {
        var rep = reply.Rep!;
        if (_key is not null && _key.Type == rep.EncPart.Type) return _key;
        var type = rep.EncPart.Type;
        var hint = HintsOf(reply).Choose([type]) ?? _hints?.Choose([type]) ?? KdcHints.Default(client, type);
        return keys.Find(type, hint.Salt, hint.Parameters.Span, rep.EncPart.KeyVersion);
    }

    private KdcHints HintsOf(KdcReply reply)
    {
        try
        {
            return KdcHints.Of(client, reply.Rep!.PreAuthData);
        }
        catch (DerException e)
        {
            throw KdcErrors.WrongReply(reply.Kdc, $"in its ETYPE-INFO2 {e.Message}");
        }
    }

    /// <summary>After pre-authentication the KDC has shown that it has our key; without it, ours may be the wrong one.</summary>
    private KerberosException NotOpened(KdcReply reply) => _key is not null
        ? KdcErrors.WrongReply(reply.Kdc, $"it is not sealed with the key of {client}")
        : new KerberosException(
            KerberosError.PreauthenticationFailed,
            $"The answer of KDC {reply.Kdc} does not open with the key of {client}; {keys.RefusedText(reply.Rep!.EncPart.Type)}");
}
