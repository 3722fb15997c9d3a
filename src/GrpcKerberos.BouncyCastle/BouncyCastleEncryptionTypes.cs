using GrpcKerberos.Protocol;

namespace GrpcKerberos.BouncyCastle;

/// <summary>Encryption types over Bouncy Castle. Put one into <c>EncryptionTypeProviders</c>, then name its types in <c>EncryptionTypes</c>: either alone changes nothing.</summary>
/// <example><code>
/// o.EncryptionTypeProviders.Add(BouncyCastleEncryptionTypes.Camellia);
/// o.EncryptionTypes.Add("camellia256-cts-cmac");
/// </code></example>
public static class BouncyCastleEncryptionTypes
{
    /// <summary>camellia256-cts-cmac (26) and camellia128-cts-cmac (25) of RFC 6803: sound, and slower here than AES, which has the processor's help.</summary>
    public static EncryptionTypeProvider Camellia { get; } = new CamelliaTypes();

    /// <summary>
    /// rc4-hmac (23) of RFC 4757, for realms that have accounts without AES keys. It is broken: its key is the password's unsalted MD4, and
    /// whoever records a ticket may try passwords against it by the billion. No call is ever proved by such a key: name an AES type beside it.
    /// </summary>
    public static EncryptionTypeProvider DangerousRc4 { get; } = new Rc4Types();

    private sealed class CamelliaTypes()
        : EncryptionTypeProvider(new CamelliaProfile(EncryptionType.Camellia256CtsCmac), new CamelliaProfile(EncryptionType.Camellia128CtsCmac));

    private sealed class Rc4Types() : EncryptionTypeProvider(new Rc4Profile());
}
