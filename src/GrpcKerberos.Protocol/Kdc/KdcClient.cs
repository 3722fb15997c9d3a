using System.Collections.Concurrent;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Kdc.Fast;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The AS and TGS exchanges (RFC 4120 sections 3.1 and 3.3). Any number of threads may use one client.</summary>
/// <param name="locator">Which KDCs serve a realm.</param>
/// <param name="transport">How they are reached.</param>
/// <param name="encryptionTypes">What to ask for, best first; all with code here.</param>
/// <param name="timeout">For one exchange, over all KDCs and round trips.</param>
/// <param name="timeProvider">This host's clock.</param>
/// <param name="clockSkew">What counts as in step; null: 5 minutes.</param>
/// <param name="events">Who wants to hear of it.</param>
/// <param name="terms">What logins ask for; null: the longest life the KDC gives.</param>
/// <param name="capaths">The ways to other realms; null: none written down.</param>
/// <param name="armory">Where logins get armour (FAST); null: nowhere.</param>
internal sealed class KdcClient(
    KdcLocator locator,
    IKdcTransport transport,
    IReadOnlyList<EncryptionType> encryptionTypes,
    TimeSpan timeout,
    TimeProvider timeProvider,
    TimeSpan? clockSkew = null,
    KdcEvents? events = null,
    LoginTerms? terms = null,
    Capaths? capaths = null,
    Armory? armory = null)
{
    private readonly KdcEvents _events = events ?? KdcEvents.None;
    private readonly LoginTerms _terms = terms ?? LoginTerms.Default;
    private readonly Capaths _capaths = capaths ?? Capaths.Empty;
    private readonly Armory _armory = armory ?? Armory.Empty;

    /// <summary>The KDC of a realm that answered last: asked first, so that one dead KDC does not slow down every exchange.</summary>
    private readonly ConcurrentDictionary<string, KdcAddress> _answering = new(StringComparer.Ordinal);

    /// <summary>What counts as in step.</summary>
    public TimeSpan ClockSkew { get; } = clockSkew ?? Krb5Config.Empty.ClockSkew;

    /// <summary>The KDC's time, by which tickets are judged.</summary>
    public KdcClock Clock { get; } = new(timeProvider);

    /// <summary>What is asked for, best first.</summary>
    public IReadOnlyList<EncryptionType> EncryptionTypes { get; } = encryptionTypes;

    /// <summary>A client as options and krb5.conf describe it.</summary>
    /// <param name="config">krb5.conf.</param>
    /// <param name="realm">The realm <paramref name="kdcs"/> belong to; null where the options name none.</param>
    /// <param name="kdcs">KDCs of the options; empty: those of krb5.conf.</param>
    /// <param name="encryptionTypes">Of the options; empty: those krb5.conf permits.</param>
    /// <param name="timeout">For one exchange.</param>
    /// <param name="timeProvider">This host's clock.</param>
    /// <param name="events">Who wants to hear of it.</param>
    /// <param name="armory">Where logins get armour; null: nowhere.</param>
    /// <exception cref="KerberosException"><see cref="KerberosError.ConfigurationInvalid"/>: no encryption type is left.</exception>
    public static KdcClient Create(
        Krb5Config config,
        string? realm,
        IReadOnlyList<KdcAddress> kdcs,
        IReadOnlyList<EncryptionType> encryptionTypes,
        TimeSpan timeout,
        TimeProvider timeProvider,
        KdcEvents? events = null,
        Armory? armory = null)
    {
        return new KdcClient(
            KdcLocator.Create(config, realm, kdcs, timeout, timeProvider),
            FallbackKdcTransport.Create(config, timeout, timeProvider),
            ChooseTypes(config, encryptionTypes),
            timeout,
            timeProvider,
            config.ClockSkew,
            events,
            LoginTerms.Of(config),
            config.Capaths,
            armory);
    }

    /// <summary>The AS exchange: a ticket-granting ticket for a client that has the keys, in the realm that KDCs send it to (RFC 6806 section 7).</summary>
    /// <exception cref="KerberosException">The KDC refused, or none answered; the message says what to mend.</exception>
    public async ValueTask<ServiceTicket> LoginAsync(KerberosPrincipal client, IClientKeys keys, CancellationToken cancellationToken)
    {
        List<string> seen = [client.Realm];
        while (true)
        {
            var (ticket, referredTo) = await LoginInAsync(new KerberosPrincipal(client.Name, seen[^1]), keys, cancellationToken).ConfigureAwait(false);
            if (ticket is not null) return ticket;
            if (seen.Contains(referredTo!) || seen.Count > RealmWalk.MaxHops) throw KdcErrors.LoginSentAround(client, seen, referredTo!);
            seen.Add(referredTo!);
        }
    }

    /// <summary>A ticket for a service, of whatever realm: one TGS exchange, or one a realm on the way there.</summary>
    /// <param name="grantingTicket">The login's.</param>
    /// <param name="service">The service. A KDC may know it by another name or in another realm (RFC 6806): the ticket has those.</param>
    /// <param name="kept">What is known of other realms; null: nothing, and nothing is kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KerberosException">
    /// As above; <see cref="KerberosError.TicketExpired"/> and <see cref="KerberosError.TicketRefused"/> are of the granting ticket, or of one in
    /// <paramref name="kept"/>.
    /// </exception>
    public ValueTask<ServiceTicket> GetServiceTicketAsync(
        ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken, RealmTickets? kept = null) =>
        new RealmWalk(AskAsync, _capaths, kept ?? new RealmTickets(), grantingTicket, Clock).RunAsync(service, cancellationToken);

    /// <summary>Whether a KDC of the client's realm answers.</summary>
    /// <returns>Who answered, and its clock less this host's; null where the answer, which nobody proved, tells no time.</returns>
    /// <exception cref="KerberosException">None did.</exception>
    public async ValueTask<(KdcAddress Kdc, TimeSpan? Offset)> ProbeAsync(KerberosPrincipal client, CancellationToken cancellationToken)
    {
        var conversation = await OpenAsync(client.Realm, cancellationToken).ConfigureAwait(false);
        var request = KdcRequests.LoginWithoutProof(client.Name, client.Realm, EncryptionTypes);
        var reply = await conversation.SendAsync(MessageType.AsRep, request, cancellationToken).ConfigureAwait(false);
        return (reply.Kdc, reply.Error?.ServerTime - Clock.HostNow);
    }

    private ValueTask<ServiceTicket> AskAsync(ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken) =>
        KerberosActivities.AroundAsync("kerberos TGS", service, service.Realm, () => AskOneAsync(grantingTicket, service, cancellationToken));

    private async ValueTask<ServiceTicket> AskOneAsync(ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken)
    {
        var conversation = await OpenAsync(service.Realm, cancellationToken).ConfigureAwait(false);
        var exchange = new TgsExchange(conversation, Clock, ClockSkew, grantingTicket, service, EncryptionTypes);
        var ticket = await exchange.RunAsync(cancellationToken).ConfigureAwait(false);
        // Tickets are judged by the clock of the login's realm; another realm's may differ, and is corrected for in each exchange with it.
        var isHome = service.Realm == grantingTicket.Client.Realm;
        Record(ticket, exchange.Kdc!, isHome ? exchange.Offset : Clock.Offset, conversation.Elapsed);
        return ticket;
    }

    private async ValueTask<KdcConversation> OpenAsync(string realm, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var kdcs = await locator.FindAsync(realm, cancellationToken).ConfigureAwait(false);
        if (_answering.TryGetValue(realm, out var first) && kdcs.Contains(first)) kdcs = [first, .. kdcs.Where(k => k != first)];
        return Open(realm, kdcs, started);
    }

    private KdcConversation Open(string realm, IReadOnlyList<KdcAddress> kdcs, long? started = null) =>
        new(realm, kdcs, transport, timeout, timeProvider, _events, started);

    /// <summary>The exchange with one realm: a ticket, or the realm that its KDC sends the client to.</summary>
    private async ValueTask<(ServiceTicket? Ticket, string? ReferredTo)> LoginInAsync(KerberosPrincipal client, IClientKeys keys, CancellationToken cancellationToken)
    {
        using var first = await _armory.FirstAsync(client.Realm, Clock, cancellationToken).ConfigureAwait(false);
        var outcome = await LoginInAsync(client, keys, first, cancellationToken).ConfigureAwait(false);
        if (outcome.ArmorDemandedBy is not { } kdc) return (outcome.Ticket, outcome.ReferredTo);
        using var armor = await HostArmorAsync(client, kdc, cancellationToken).ConfigureAwait(false);
        outcome = await LoginInAsync(client, keys, armor, cancellationToken).ConfigureAwait(false);
        return (outcome.Ticket, outcome.ReferredTo);
    }

    /// <summary>Armour by a login of this host, fetched when it is needed: logins are hours apart.</summary>
    private async ValueTask<FastArmor> HostArmorAsync(KerberosPrincipal client, KdcAddress kdc, CancellationToken cancellationToken)
    {
        try
        {
            var host = _armory.HostKeys(client) ?? throw KdcErrors.ArmorDemanded(kdc, client, "this host's keytab has no other key of that realm to get some by");
            host.RequireOneOf(EncryptionTypes);
            var (ticket, _, demandedBy) = await LoginInAsync(host.Client, host, armor: null, cancellationToken).ConfigureAwait(false);
            return ticket is not null
                ? FastArmor.Make(ticket, Clock, Clock.Offset)
                : throw KdcErrors.ArmorDemanded(kdc, client, demandedBy is null ? $"{host.Client} is sent to another realm" : $"so it does that of {host.Client}");
        }
        catch (KerberosException e) when (e.Error is KerberosError.KeytabUnusable or KerberosError.ClientUnknown or KerberosError.PreauthenticationFailed or KerberosError.EncryptionTypeRefused)
        {
            throw KdcErrors.ArmorDemanded(kdc, client, $"this host's keytab gives none ({e.Message.Split(" Next:")[0].TrimEnd('.')})", e);
        }
    }

    private ValueTask<LoginOutcome> LoginInAsync(KerberosPrincipal client, IClientKeys keys, FastArmor? armor, CancellationToken cancellationToken) =>
        KerberosActivities.AroundAsync("kerberos AS", service: null, client.Realm, () => LoginInOnceAsync(client, keys, armor, cancellationToken));

    private async ValueTask<LoginOutcome> LoginInOnceAsync(KerberosPrincipal client, IClientKeys keys, FastArmor? armor, CancellationToken cancellationToken)
    {
        var conversation = await OpenAsync(client.Realm, cancellationToken).ConfigureAwait(false);
        var exchange = Exchange(conversation);
        try
        {
            return await LoginAsync(exchange, conversation, cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error is KerberosError.PreauthenticationFailed or KerberosError.ClientUnknown)
        {
            // A replica may not have the new key or account yet; the primary KDC has.
            var primaries = locator.PrimariesOf(client.Realm);
            if (primaries.Count == 0 || (exchange.Kdc is { } asked && primaries.Contains(asked))) throw;
            conversation = Open(client.Realm, primaries);
            if (await TryLoginAsync(Exchange(conversation), conversation, cancellationToken).ConfigureAwait(false) is { } outcome) return outcome;
            throw;
        }

        AsExchange Exchange(KdcConversation conversation) => new(conversation, Clock, ClockSkew, client, keys, EncryptionTypes, _terms, armor);
    }

    private async ValueTask<LoginOutcome> LoginAsync(AsExchange exchange, KdcConversation conversation, CancellationToken cancellationToken)
    {
        var ticket = await exchange.RunAsync(cancellationToken).ConfigureAwait(false);
        if (ticket is null) return new LoginOutcome(null, exchange.ReferredTo, exchange.DemandsArmor ? exchange.Kdc : null);
        Record(ticket, exchange.Kdc!, exchange.Offset, conversation.Elapsed);
        return new LoginOutcome(ticket, null, null);
    }

    /// <summary>Null where the primary KDC is away: what the other one said is what is to be told.</summary>
    private async ValueTask<LoginOutcome?> TryLoginAsync(AsExchange exchange, KdcConversation conversation, CancellationToken cancellationToken)
    {
        try
        {
            return await LoginAsync(exchange, conversation, cancellationToken).ConfigureAwait(false);
        }
        catch (KerberosException e) when (e.Error == KerberosError.KdcUnreachable)
        {
            return null;
        }
    }

    private void Record(ServiceTicket ticket, KdcAddress kdc, TimeSpan offset, TimeSpan elapsed)
    {
        _answering[ticket.Service.Realm] = kdc;
        if (offset != Clock.Offset)
        {
            Clock.Adopt(offset);
            _events.ClockCorrected?.Invoke(offset, kdc);
        }

        _events.TicketObtained?.Invoke(ticket, kdc, elapsed);
    }

    private static IReadOnlyList<EncryptionType> ChooseTypes(Krb5Config config, IReadOnlyList<EncryptionType> wanted)
    {
        if (wanted.Count > 0) return wanted;
        var permitted = config.PermittedEncryptionTypes ?? EncryptionTypeList.Default;
        IReadOnlyList<EncryptionType> types = [.. permitted.Where(EncryptionProfile.IsBuiltIn)];
        return types.Count > 0
            ? types
            : throw new KerberosException(
                KerberosError.ConfigurationInvalid,
                "krb5.conf permits no AES type. Next: add one to permitted_enctypes; others need a provider, and to be named in EncryptionTypes.");
    }

    private readonly record struct LoginOutcome(ServiceTicket? Ticket, string? ReferredTo, KdcAddress? ArmorDemandedBy);
}
