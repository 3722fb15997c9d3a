using System.Collections.Concurrent;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The AS and TGS exchanges (RFC 4120 sections 3.1 and 3.3). Any number of threads may use one client.</summary>
/// <param name="locator">Which KDCs serve a realm.</param>
/// <param name="transport">How they are reached.</param>
/// <param name="encryptionTypes">What to ask for, best first; all with code here.</param>
/// <param name="timeout">For one exchange, over all KDCs and round trips.</param>
/// <param name="timeProvider">This host's clock.</param>
/// <param name="clockSkew">What counts as in step; null: 5 minutes.</param>
/// <param name="events">Who wants to hear of it.</param>
internal sealed class KdcClient(
    KdcLocator locator,
    IKdcTransport transport,
    IReadOnlyList<EncryptionType> encryptionTypes,
    TimeSpan timeout,
    TimeProvider timeProvider,
    TimeSpan? clockSkew = null,
    KdcEvents? events = null)
{
    private static readonly TimeSpan s_udpPatience = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _clockSkew = clockSkew ?? Krb5Config.Empty.ClockSkew;
    private readonly KdcEvents _events = events ?? KdcEvents.None;

    /// <summary>The KDC of a realm that answered last: asked first, so that one dead KDC does not slow down every exchange.</summary>
    private readonly ConcurrentDictionary<string, KdcAddress> _answering = new(StringComparer.Ordinal);

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
    /// <exception cref="KerberosException"><see cref="KerberosError.ConfigurationInvalid"/>: no encryption type is left.</exception>
    public static KdcClient Create(
        Krb5Config config,
        string? realm,
        IReadOnlyList<KdcAddress> kdcs,
        IReadOnlyList<EncryptionType> encryptionTypes,
        TimeSpan timeout,
        TimeProvider timeProvider,
        KdcEvents? events = null)
    {
        var patience = TimeSpan.FromTicks(Math.Min(s_udpPatience.Ticks, timeout.Ticks / 4));
        var transport = new FallbackKdcTransport(
            new UdpKdcTransport(patience / 2, timeProvider), new TcpKdcTransport(), config.UdpPreferenceLimit, patience, timeProvider);
        return new KdcClient(
            new KdcLocator(config, realm, kdcs),
            transport,
            ChooseTypes(config, encryptionTypes),
            timeout,
            timeProvider,
            config.ClockSkew,
            events);
    }

    /// <summary>The AS exchange: a ticket-granting ticket for a client that has the keys.</summary>
    /// <exception cref="KerberosException">The KDC refused, or none answered; the message says what to mend.</exception>
    public async ValueTask<ServiceTicket> LoginAsync(KerberosPrincipal client, IClientKeys keys, CancellationToken cancellationToken)
    {
        var conversation = await OpenAsync(client.Realm, cancellationToken).ConfigureAwait(false);
        var exchange = new AsExchange(conversation, Clock, _clockSkew, client, keys, EncryptionTypes);
        var ticket = await exchange.RunAsync(cancellationToken).ConfigureAwait(false);
        Record(ticket, exchange.Kdc!, exchange.Offset, conversation.Elapsed);
        return ticket;
    }

    /// <summary>The TGS exchange: a ticket for a service of the login's own realm.</summary>
    /// <exception cref="KerberosException">
    /// As above; <see cref="KerberosError.TicketExpired"/> and <see cref="KerberosError.TicketRefused"/> are of the granting ticket.
    /// </exception>
    public async ValueTask<ServiceTicket> GetServiceTicketAsync(
        ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken)
    {
        if (service.Realm != grantingTicket.Service.Realm) throw KdcErrors.OtherRealm(grantingTicket, service);
        var conversation = await OpenAsync(service.Realm, cancellationToken).ConfigureAwait(false);
        var exchange = new TgsExchange(conversation, Clock, _clockSkew, grantingTicket, service, EncryptionTypes);
        var ticket = await exchange.RunAsync(cancellationToken).ConfigureAwait(false);
        Record(ticket, exchange.Kdc!, exchange.Offset, conversation.Elapsed);
        return ticket;
    }

    private async ValueTask<KdcConversation> OpenAsync(string realm, CancellationToken cancellationToken)
    {
        var kdcs = await locator.FindAsync(realm, cancellationToken).ConfigureAwait(false);
        if (_answering.TryGetValue(realm, out var first) && kdcs.Contains(first)) kdcs = [first, .. kdcs.Where(k => k != first)];
        return new KdcConversation(realm, kdcs, transport, timeout, timeProvider, _events);
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
}
