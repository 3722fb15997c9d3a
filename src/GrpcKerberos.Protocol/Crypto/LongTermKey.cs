namespace GrpcKerberos.Protocol.Crypto;

/// <summary>The key of a principal, out of a keytab or a password.</summary>
internal sealed class LongTermKey : KerberosKey
{
    public LongTermKey(EncryptionType type, ReadOnlySpan<byte> bytes)
        : this(EncryptionProfile.For(type), bytes, new DerivedMaterial())
    {
    }

    /// <summary>A key of a profile that may have other engines than this processor's, for tests that compare them.</summary>
    internal LongTermKey(EncryptionProfile profile, ReadOnlySpan<byte> bytes, DerivedMaterial kept)
        : base(profile, bytes, kept)
    {
    }

    /// <summary>String-to-key of the encryption type; see <see cref="StringToKey"/>.</summary>
    /// <exception cref="KerberosException">The parameters, which come from the KDC, are not acceptable.</exception>
    public static LongTermKey FromPassword(
        EncryptionType type, string password, string salt, ReadOnlySpan<byte> s2kparams = default) =>
        StringToKey.Make(type, password, salt, s2kparams);

    public static LongTermKey Generate(EncryptionType type) =>
        RandomKey.Generate(type, static (type, bytes) => new LongTermKey(type, bytes));
}
