namespace GrpcKerberos.Protocol.Crypto;

/// <summary>The compression function of a hash of FIPS 180-4, on a state that is plain bytes.</summary>
internal interface IDigest
{
    static abstract int BlockLength { get; }

    static abstract int StateLength { get; }

    /// <summary>Octets of the hash, which may be less than the state.</summary>
    static abstract int HashLength { get; }

    /// <summary>Octets that the message's length takes at the end of the padding.</summary>
    static abstract int LengthField { get; }

    /// <summary>
    /// Octets from where on the platform's hash instructions outweigh what a native call costs to begin; measured, and
    /// where exactly matters little.
    /// </summary>
    static abstract int PlatformFrom { get; }

    /// <summary>The same for a hash without a key, which is begun with one native call and not with three.</summary>
    static abstract int PlatformHashFrom { get; }

    static abstract void Start(Span<byte> state);

    /// <summary>Takes in whole blocks.</summary>
    static abstract void Compress(Span<byte> state, ReadOnlySpan<byte> blocks);

    /// <summary>Writes the state, big-endian, as far as the hash is long.</summary>
    static abstract void Write(ReadOnlySpan<byte> state, Span<byte> hash);
}
