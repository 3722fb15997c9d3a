using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// A list of encryption types as krb5.conf has it: names between blanks or commas, families (<c>aes</c>, <c>camellia</c>, <c>rc4</c>),
/// <c>DEFAULT</c>, and <c>-name</c> to take one out again. Names nobody here knows (DES) are passed over, as MIT does.
/// </summary>
internal static class EncryptionTypeList
{
    /// <summary>What stands for DEFAULT, best first.</summary>
    public static IReadOnlyList<EncryptionType> Default { get; } =
    [
        EncryptionType.Aes256CtsHmacSha384, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha1,
    ];

    public static IReadOnlyList<EncryptionType> Parse(string text)
    {
        var types = new List<EncryptionType>();
        foreach (var word in text.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var named = Named(word.TrimStart('+', '-'));
            if (word[0] == '-') types.RemoveAll(named.Contains);
            else types.AddRange(named.Except(types));
        }

        return types;
    }

    private static IReadOnlyList<EncryptionType> Named(string word) => word.ToUpperInvariant() switch
    {
        "DEFAULT" => Default,
        "AES" =>
        [
            EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha384, EncryptionType.Aes128CtsHmacSha256,
        ],
        "CAMELLIA" => [EncryptionType.Camellia256CtsCmac, EncryptionType.Camellia128CtsCmac],
        "RC4" => [EncryptionType.Rc4Hmac],
        _ => EncryptionTypeNames.TryParse(word, out var type) ? [type] : [],
    };
}
