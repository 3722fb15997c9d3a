using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>One derived Kc: all that the MICs of a session need. Zeroed by Dispose; any number of threads may use it at once.</summary>
internal sealed class ChecksumKey : IDisposable
{
    private readonly EncryptionProfile _profile;
    private readonly byte[] _material;
    private bool _disposed;

    /// <summary>Takes over the material.</summary>
    internal ChecksumKey(EncryptionProfile profile, byte[] material)
    {
        _profile = profile;
        _material = material;
    }

    public EncryptionType Type => _profile.Type;

    /// <summary>Octets of a MAC.</summary>
    public int Length => _profile.MacLength;

    /// <summary>Writes the MAC of the data, exactly <see cref="Length"/> octets.</summary>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mac.Length, Length);
        _profile.Sign(_material, data, mac);
    }

    /// <summary>Whether it is the MAC of the data, in full length; compared in fixed time.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _profile.Verify(_material, data, mac);
    }

    public override string ToString() => Type.ToMitName();

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_material);
    }
}
