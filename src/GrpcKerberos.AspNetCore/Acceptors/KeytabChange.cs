using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;

namespace GrpcKerberos.AspNetCore.Acceptors;

/// <summary>Other keys are in use from now on. What rests on a key that is gone must end.</summary>
/// <remarks>
/// A call that was judged by the old keys may finish after the change was told. Who keeps anything on the strength of a key looks
/// once more after keeping it: whether <see cref="SchemeAcceptor.Current"/> is still the state the call was judged by, and if not,
/// whether the change between the two withdrew the key.
/// </remarks>
internal sealed class KeytabChange(Keytab before, Keytab after)
{
    public Keytab Before { get; } = before;

    public Keytab After { get; } = after;

    /// <summary>Whether the key that opened a ticket is gone, or another one stands under its name, kvno and enctype.</summary>
    public bool Withdrawn(KerberosPrincipal service, uint keyVersion, EncryptionType type) =>
        // Two keys under one name: which of them opened the ticket is not known, so the loss of either counts.
        !After.HasKey(service, keyVersion, type) || !Before.Find(service, keyVersion, type).All(After.HasKey);
}
