using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>Kc of two usages, prepared, in one array: all that the MICs of a session need, and small, since there may be a million.</summary>
internal readonly struct ChecksumKeyPair
{
    private readonly EncryptionProfile _profile;
    private readonly byte[] _material;

    /// <summary>Takes over the material: that of the first usage, then that of the second.</summary>
    internal ChecksumKeyPair(EncryptionProfile profile, byte[] material)
    {
        _profile = profile;
        _material = material;
    }

    public EncryptionType Type => _profile.Type;

    /// <summary>Octets of a MAC.</summary>
    public int Length => _profile.MacLength;

    /// <summary>Writes the MAC of the data under the key of one usage, exactly <see cref="Length"/> octets.</summary>
    public void Sign(bool bySecond, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mac.Length, Length);
        var length = _material.Length / 2;
        _profile.Sign(_material.AsSpan(bySecond ? length : 0, length), data, mac);
    }

    public override string ToString() => Type.ToMitName();

    /// <summary>No use of them may follow, or be under way.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(_material);
}
