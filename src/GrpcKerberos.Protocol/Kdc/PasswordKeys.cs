using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol.Kdc;

/// <summary>Keys made from a password, with whatever salt the KDC names.</summary>
internal sealed class PasswordKeys(string password) : IClientKeys
{
    public bool Has(EncryptionType type) => true;

    public LongTermKey Find(EncryptionType type, string salt, ReadOnlySpan<byte> parameters, uint? keyVersion) =>
        LongTermKey.FromPassword(type, password, salt, parameters);

    public string RefusedText(EncryptionType type) =>
        "the password is not this account's. Next: correct it, and mind that too many tries lock accounts.";

    /// <summary>The type alone: the password never reaches a log.</summary>
    public override string ToString() => nameof(PasswordKeys);
}
