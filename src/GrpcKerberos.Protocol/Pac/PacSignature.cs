using System.Buffers.Binary;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// <code>
/// PAC_SIGNATURE_DATA   SignatureType u32, Signature, [RODCIdentifier u16]     -- MS-PAC 2.8
/// </code>
/// </summary>
internal readonly ref struct PacSignature
{
    private const int TypeLength = 4;
    private const int RodcIdentifierLength = 2;

    private PacSignature(ChecksumType type, ReadOnlySpan<byte> value, Range range)
    {
        Type = type;
        Value = value;
        Range = range;
    }

    public ChecksumType Type { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Where <see cref="Value"/> stands in the PAC: what is zero while it is made.</summary>
    public Range Range { get; }

    public static PacSignature Of(PacDirectory pac, PacElement element)
    {
        if (!pac.TryLocate(element, out var range)) throw new PacException(PacFault.Signature, $"it has no signature of type {(uint)element}");
        var octets = pac.Whole[range];
        if (octets.Length < TypeLength) throw PacException.Malformed($"signature {(uint)element} is shorter than its type");
        var type = (ChecksumType)BinaryPrimitives.ReadInt32LittleEndian(octets);
        var rest = octets.Length - TypeLength;
        var start = range.Start.Value + TypeLength;
        var length = CompatibleChecksum.LengthOf(type) is { } known && rest == known + RodcIdentifierLength ? known : rest;
        return new PacSignature(type, octets.Slice(TypeLength, length), start..(start + length));
    }

    /// <summary>Whether a key made it: only with the checksum type that is mandatory for the key, compared in full length.</summary>
    /// <remarks>The usage is KERB_NON_KERB_CKSUM_SALT, 17, for every signature of a PAC.</remarks>
    public bool IsBy(KerberosKey key, ReadOnlySpan<byte> data) =>
        CompatibleChecksum.IsFor(key.Type, Type) && key.VerifyChecksum(KeyUsage.PacSignature, data, Value);
}
