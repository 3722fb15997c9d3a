using System.Buffers.Binary;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// Whether the client asked for the PAC: of no use to a service, and yet it has to be what it says it is.
/// <code>
/// PAC_ATTRIBUTES_INFO   FlagsLength u32 (in bits), Flags u32[]     -- MS-PAC 2.14
/// </code>
/// </summary>
internal static class AttributesInfo
{
    public static void Check(ReadOnlySpan<byte> element)
    {
        if (element.Length < sizeof(uint)) throw PacException.Malformed("ATTRIBUTES_INFO is truncated");
        var octets = (BinaryPrimitives.ReadUInt32LittleEndian(element) + 31ul) / 32 * sizeof(uint);
        if (octets > (ulong)(element.Length - sizeof(uint))) throw PacException.Malformed("ATTRIBUTES_INFO has fewer flags than it counts");
    }
}
