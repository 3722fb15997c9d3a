namespace GrpcKerberos.Protocol.Registry;

/// <summary>Encryption types by the names MIT krb5 prints and accepts, so that both speak alike in logs and settings.</summary>
internal static class EncryptionTypeNames
{
    /// <summary>The canonical name, for instance <c>aes256-cts-hmac-sha1-96</c>; an unknown number as <c>etype 99</c>.</summary>
    public static string ToMitName(this EncryptionType type) => type switch
    {
        EncryptionType.Aes128CtsHmacSha1 => "aes128-cts-hmac-sha1-96",
        EncryptionType.Aes256CtsHmacSha1 => "aes256-cts-hmac-sha1-96",
        EncryptionType.Aes128CtsHmacSha256 => "aes128-cts-hmac-sha256-128",
        EncryptionType.Aes256CtsHmacSha384 => "aes256-cts-hmac-sha384-192",
        EncryptionType.Rc4Hmac => "arcfour-hmac",
        EncryptionType.Camellia128CtsCmac => "camellia128-cts-cmac",
        EncryptionType.Camellia256CtsCmac => "camellia256-cts-cmac",
        _ => $"etype {(int)type}",
    };

    /// <summary>Whether a list has RC4 and nothing else.</summary>
    public static bool AreRc4Alone(IEnumerable<string> names)
    {
        var (any, others) = (false, false);
        foreach (var name in names)
        {
            var isRc4 = name is not null && TryParse(name, out var type) && type == EncryptionType.Rc4Hmac;
            any |= isRc4;
            others |= !isRc4;
        }

        return any && !others;
    }

    /// <summary>Reads a canonical name or one of MIT's aliases (<c>aes256-cts</c>, <c>aes128-sha2</c>, …), case ignored.</summary>
    public static bool TryParse(string name, out EncryptionType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        type = name.ToUpperInvariant() switch
        {
            "AES128-CTS-HMAC-SHA1-96" or "AES128-CTS" or "AES128-SHA1" => EncryptionType.Aes128CtsHmacSha1,
            "AES256-CTS-HMAC-SHA1-96" or "AES256-CTS" or "AES256-SHA1" => EncryptionType.Aes256CtsHmacSha1,
            "AES128-CTS-HMAC-SHA256-128" or "AES128-SHA2" => EncryptionType.Aes128CtsHmacSha256,
            "AES256-CTS-HMAC-SHA384-192" or "AES256-SHA2" => EncryptionType.Aes256CtsHmacSha384,
            "ARCFOUR-HMAC" or "RC4-HMAC" or "ARCFOUR-HMAC-MD5" => EncryptionType.Rc4Hmac,
            "CAMELLIA128-CTS-CMAC" or "CAMELLIA128-CTS" => EncryptionType.Camellia128CtsCmac,
            "CAMELLIA256-CTS-CMAC" or "CAMELLIA256-CTS" => EncryptionType.Camellia256CtsCmac,
            _ => default,
        };
        return type != default;
    }
}
