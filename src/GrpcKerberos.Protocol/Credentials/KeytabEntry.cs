using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>One key of a keytab. <see cref="Key"/> is null where the enctype is one we have no code for: it is still listed in messages.</summary>
internal sealed record KeytabEntry(KerberosPrincipal Principal, uint KeyVersion, EncryptionType Type, LongTermKey? Key, KerberosTime Timestamp = default)
{
    /// <summary>Whether both are one key under one name: principal, kvno, enctype and the key's octets, those compared in fixed time.</summary>
    public bool IsSameKeyAs(KeytabEntry other) =>
        KeyVersion == other.KeyVersion && Type == other.Type && Principal.Equals(other.Principal)
        && (Key is null || other.Key is null ? Key == other.Key : CryptographicOperations.FixedTimeEquals(Key.Bytes, other.Key.Bytes));
}
