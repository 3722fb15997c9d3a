using System.Buffers.Binary;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Pac;

/// <summary>
/// Whose ticket the PAC was made for.
/// <code>
/// PAC_CLIENT_INFO   ClientId FILETIME, NameLength u16, Name     -- MS-PAC 2.7
/// </code>
/// </summary>
internal readonly record struct ClientInfo(long Seconds, string Name)
{
    private const int HeaderLength = 10;

    /// <summary>From 1601, where FILETIME begins, to 1970.</summary>
    private const long SecondsToEpoch = 11_644_473_600;

    public static ClientInfo Read(ReadOnlySpan<byte> element)
    {
        if (element.Length < HeaderLength) throw PacException.Malformed("CLIENT_INFO is truncated");
        var time = BinaryPrimitives.ReadUInt64LittleEndian(element);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(element[8..]);
        if (length > element.Length - HeaderLength) throw PacException.Malformed("CLIENT_INFO has a name longer than itself");
        return new ClientInfo((long)(time / TimeSpan.TicksPerSecond), Utf16.Read(element.Slice(HeaderLength, length), "the name of CLIENT_INFO"));
    }

    /// <summary>A KDC writes the name with MIT's escapes or, as Windows does, without; the realm never, in a ticket for a service.</summary>
    public bool IsOf(EncTicketPart ticket)
    {
        var components = ticket.Client.Components;
        return Seconds == (ticket.AuthTime.MicrosecondsSinceEpoch / 1_000_000) + SecondsToEpoch
            && (string.Equals(Name, string.Join('/', components), StringComparison.Ordinal) || string.Equals(Name, PrincipalText.Format(components), StringComparison.Ordinal));
    }
}
