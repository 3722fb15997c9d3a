using System.Security.Cryptography;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>The secret of one process, and the subkeys it asserts: no other process, and no later one, can have such a session.</summary>
internal sealed class ProcessSecret
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    private static ReadOnlySpan<byte> Label => "grpc-kerberos-1 acceptor subkey\0"u8;

    /// <summary>One subkey for one K, so that all first calls under it meet in one session: HKDF-SHA256 (RFC 5869) over the secret and id(K).</summary>
    public Subkey SubkeyFor(EncryptionType type, SessionId proposed)
    {
        Span<byte> info = stackalloc byte[Label.Length + SessionId.Length];
        Label.CopyTo(info);
        proposed.CopyTo(info[Label.Length..]);
        // For every enctype here random-to-key is the identity (RFC 3962 section 4, RFC 8009 section 5, RFC 6803 section 4).
        Span<byte> key = stackalloc byte[EncryptionProfile.For(type).KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, salt: [], info);
        var subkey = new Subkey(type, key);
        CryptographicOperations.ZeroMemory(key);
        return subkey;
    }
}
