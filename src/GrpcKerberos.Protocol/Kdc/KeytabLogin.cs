using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Logs in with the keys of a keytab.</summary>
/// <param name="principal">Who to log in as; null: the keytab's first principal.</param>
/// <param name="keytab">Reads the keytab, anew for each login, so that a replaced file is used.</param>
/// <param name="description">The keytab as messages name it: its path, and the setting it comes from.</param>
/// <param name="kdc">Where to log in.</param>
/// <param name="events">Who wants to hear of renewals that fail.</param>
internal sealed class KeytabLogin(
    KerberosPrincipal? principal,
    Func<CancellationToken, ValueTask<Keytab>> keytab,
    string description,
    KdcClient kdc,
    KdcEvents? events = null)
    : KeyLogin(kdc, events)
{
    private readonly KdcClient _kdc = kdc;

    public override string Source => description;

    private protected override async ValueTask<(KerberosPrincipal Client, IClientKeys Keys)> GetKeysAsync(
        CancellationToken cancellationToken)
    {
        var keys = KeytabKeys.Of(await keytab(cancellationToken).ConfigureAwait(false), principal, description);
        keys.RequireOneOf(_kdc.EncryptionTypes);
        return (keys.Client, keys);
    }
}
