using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>The AS and TGS exchanges (RFC 4120 sections 3.1 and 3.3).</summary>
internal sealed class KdcClient(
    KdcLocator locator, IKdcTransport transport, IReadOnlyList<EncryptionType> encryptionTypes, TimeSpan timeout, TimeProvider timeProvider, KdcEvents? events = null)
{
    /// <summary>A client as options and krb5.conf describe it. No encryption types: those krb5.conf permits.</summary>
    public static KdcClient Create(
        Krb5Config config, string? realm, IReadOnlyList<KdcAddress> kdcs, IReadOnlyList<EncryptionType> encryptionTypes, TimeSpan timeout, TimeProvider timeProvider, KdcEvents? events = null) =>
        throw new NotImplementedException();

    /// <summary>The AS exchange: a ticket-granting ticket for a client that has the keys.</summary>
    public ValueTask<ServiceTicket> LoginAsync(KerberosPrincipal client, IClientKeys keys, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{locator}{transport}{encryptionTypes}{timeout}{timeProvider}{events}");

    /// <summary>The TGS exchange: a ticket for a service of the login's own realm.</summary>
    public ValueTask<ServiceTicket> GetServiceTicketAsync(ServiceTicket grantingTicket, KerberosPrincipal service, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
