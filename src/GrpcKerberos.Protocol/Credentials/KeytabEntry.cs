using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>One key of a keytab. <see cref="Key"/> is null where the enctype is one we have no code for: it is still listed in messages.</summary>
internal sealed record KeytabEntry(KerberosPrincipal Principal, uint KeyVersion, EncryptionType Type, LongTermKey? Key, KerberosTime Timestamp = default);
