using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>A protocol key. It owns its bytes, which are zeroed by Dispose; it prints its encryption type and nothing else.</summary>
/// <remarks>Any number of threads may use one key at once; none may use it while or after it is disposed.</remarks>
internal abstract class KerberosKey : IDisposable
{
    /// <summary>Room on the stack for what is opened; longer messages (a ticket with a PAC) borrow an array.</summary>
    private const int StackLimit = 1024;

    private readonly EncryptionProfile _profile;
    private readonly byte[] _bytes;
    private readonly DerivedMaterial? _kept;
    private readonly byte[]? _base;
    private bool _disposed;

    /// <exception cref="ArgumentException">The length is not the encryption type's, or there is no code for the type.</exception>
    private protected KerberosKey(EncryptionType type, ReadOnlySpan<byte> bytes)
        : this(EncryptionProfile.For(type), bytes, kept: null)
    {
    }

    /// <param name="profile">The encryption type.</param>
    /// <param name="bytes">The key, copied.</param>
    /// <param name="kept">
    /// Where derived keys are kept for the next use of the same usage, or null. A session key is used once or twice for
    /// each; to derive again costs less than the memory would.
    /// </param>
    private protected KerberosKey(EncryptionProfile profile, ReadOnlySpan<byte> bytes, DerivedMaterial? kept)
    {
        if (bytes.Length != profile.KeyLength)
        {
            throw new ArgumentException(
                $"A key of {profile.Type.ToMitName()} has {profile.KeyLength} octets, this one has {bytes.Length}. "
                + "Next: give the key of that encryption type.",
                nameof(bytes));
        }
        _profile = profile;
        _bytes = bytes.ToArray();
        _kept = kept;
        if (kept is not null || !profile.KeepsBase) return;
        _base = new byte[profile.BaseLength];
        profile.PrepareBase(bytes, _base);
    }

    public EncryptionType Type => _profile.Type;

    /// <summary>The key itself, valid until Dispose.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The mandatory checksum type of the encryption type, the only one <see cref="VerifyChecksum"/> takes.</summary>
    public ChecksumType ChecksumType => _profile.ChecksumType;

    /// <summary>Octets of a sealed message: confounder, plaintext and MAC.</summary>
    public int SealedLength(int plaintextLength) => _profile.ConfounderLength + plaintextLength + _profile.MacLength;

    /// <summary>Seals with a random confounder.</summary>
    public byte[] Seal(KeyUsage usage, ReadOnlySpan<byte> plaintext)
    {
        Span<byte> confounder = stackalloc byte[EncryptionProfile.LongestConfounder];
        confounder = confounder[.._profile.ConfounderLength];
        ConfounderSource.Fill(confounder);
        return Seal(usage, plaintext, confounder);
    }

    /// <summary>Seals with a given confounder, for vectors and recordings.</summary>
    public byte[] Seal(KeyUsage usage, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> confounder)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(confounder.Length, _profile.ConfounderLength);
        var message = new byte[SealedLength(plaintext.Length)];
        var text = message.AsSpan(_profile.TextOffset);
        confounder.CopyTo(text);
        plaintext.CopyTo(text[confounder.Length..]);
        Span<byte> room = stackalloc byte[_profile.SealingMaterialLength];
        _profile.Seal(Material(usage, KeyPurpose.Seal, room), message);
        CryptographicOperations.ZeroMemory(room);
        return message;
    }

    /// <summary>Opens what <see cref="Seal(KeyUsage, ReadOnlySpan{byte})"/> made; false for anything else, of any length.</summary>
    public bool TryOpen(KeyUsage usage, ReadOnlySpan<byte> cipher, [NotNullWhen(true)] out byte[]? plaintext)
    {
        plaintext = null;
        var length = cipher.Length - _profile.MacLength;
        if (length < _profile.ConfounderLength) return false;
        if (length <= StackLimit)
        {
            Span<byte> opened = stackalloc byte[StackLimit];
            return TryOpen(usage, cipher, opened[..length], out plaintext);
        }
        var borrowed = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return TryOpen(usage, cipher, borrowed.AsSpan(0, length), out plaintext);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(borrowed);
        }
    }

    /// <summary>A checksum of the mandatory type (RFC 3961 section 5.4, RFC 8009 section 6).</summary>
    public byte[] MakeChecksum(KeyUsage usage, ReadOnlySpan<byte> data)
    {
        var mac = new byte[_profile.MacLength];
        Span<byte> room = stackalloc byte[_profile.ChecksumMaterialLength];
        _profile.Sign(Material(usage, KeyPurpose.Checksum, room), data, mac);
        CryptographicOperations.ZeroMemory(room);
        return mac;
    }

    /// <summary>Whether it is the checksum of the data, in full length; compared in fixed time.</summary>
    public bool VerifyChecksum(KeyUsage usage, ReadOnlySpan<byte> data, ReadOnlySpan<byte> checksum)
    {
        Span<byte> room = stackalloc byte[_profile.ChecksumMaterialLength];
        var genuine = _profile.Verify(Material(usage, KeyPurpose.Checksum, room), data, checksum);
        CryptographicOperations.ZeroMemory(room);
        return genuine;
    }

    /// <summary>Kc of two usages alone. They outlive this key and are cleared on their own.</summary>
    public ChecksumKeyPair DeriveChecksumKeys(KeyUsage first, KeyUsage second)
    {
        var length = _profile.ChecksumMaterialLength;
        var material = new byte[2 * length];
        Span<byte> room = stackalloc byte[_profile.BaseLength];
        var keyBase = Base(room);
        _profile.PrepareChecksum(keyBase, first, material.AsSpan(0, length));
        _profile.PrepareChecksum(keyBase, second, material.AsSpan(length));
        CryptographicOperations.ZeroMemory(room);
        return new ChecksumKeyPair(_profile, material);
    }

    /// <summary>The pseudo-random function (RFC 3961 section 5.3, RFC 8009 section 5): 16 octets or more, of which the first are written.</summary>
    public void Prf(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> whole = stackalloc byte[_profile.PrfLength];
        Span<byte> room = stackalloc byte[_profile.BaseLength];
        _profile.Prf(Base(room), input, whole);
        whole[..output.Length].CopyTo(output);
        CryptographicOperations.ZeroMemory(whole);
        CryptographicOperations.ZeroMemory(room);
    }

    /// <summary>PRF+ of RFC 6113 section 5.1: as many octets as wanted, of the pseudo-random function over a counting octet and the pepper.</summary>
    public void PrfPlus(ReadOnlySpan<byte> pepper, Span<byte> output)
    {
        Span<byte> input = [0, .. pepper];
        for (var rest = output; !rest.IsEmpty;)
        {
            input[0]++;
            var block = rest[..Math.Min(rest.Length, _profile.PrfLength)];
            Prf(input, block);
            rest = rest[block.Length..];
        }
    }

    public sealed override string ToString() => Type.ToMitName();

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
        CryptographicOperations.ZeroMemory(_base);
        _kept?.Clear();
        GC.SuppressFinalize(this);
    }

    private bool TryOpen(KeyUsage usage, ReadOnlySpan<byte> cipher, Span<byte> opened, [NotNullWhen(true)] out byte[]? plaintext)
    {
        Span<byte> room = stackalloc byte[_profile.SealingMaterialLength];
        var genuine = _profile.Open(Material(usage, KeyPurpose.Open, room), cipher, opened);
        plaintext = genuine ? opened[_profile.ConfounderLength..].ToArray() : null;
        CryptographicOperations.ZeroMemory(room);
        CryptographicOperations.ZeroMemory(opened);
        return genuine;
    }

    /// <summary>The material of a usage: what is kept of it, or made anew in the room given.</summary>
    private ReadOnlySpan<byte> Material(KeyUsage usage, KeyPurpose purpose, Span<byte> room)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_kept is not null)
        {
            var kept = _kept.Find(usage, purpose);
            if (!kept.IsEmpty) return kept;
        }
        Derive(usage, purpose, room);
        _kept?.Keep(usage, purpose, room);
        return room;
    }

    private void Derive(KeyUsage usage, KeyPurpose purpose, Span<byte> material)
    {
        Span<byte> room = stackalloc byte[_profile.BaseLength];
        var keyBase = Base(room);
        if (purpose == KeyPurpose.Checksum)
            _profile.PrepareChecksum(keyBase, usage, material);
        else
            _profile.PrepareSealing(keyBase, usage, purpose == KeyPurpose.Open, material);
        CryptographicOperations.ZeroMemory(room);
    }

    /// <summary>The base of this key: what is kept of it, or made anew in the room given.</summary>
    private ReadOnlySpan<byte> Base(Span<byte> room)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_base is not null) return _base;
        _profile.PrepareBase(_bytes, room);
        return room;
    }
}
