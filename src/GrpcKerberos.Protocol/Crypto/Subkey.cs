namespace GrpcKerberos.Protocol.Crypto;

/// <summary>The key one side of an exchange made for what follows it: it signs calls, and never seals the AP-REP.</summary>
internal sealed class Subkey(EncryptionType type, ReadOnlySpan<byte> bytes) : KerberosKey(type, bytes)
{
    public static Subkey Generate(EncryptionType type) =>
        RandomKey.Generate(type, static (type, bytes) => new Subkey(type, bytes));
}
