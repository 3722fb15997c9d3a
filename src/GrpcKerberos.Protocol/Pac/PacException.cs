namespace GrpcKerberos.Protocol.Pac;

/// <summary>The one exception out of a PAC that is not what it should be. Its text names the field and quotes no secret.</summary>
internal sealed class PacException(PacFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public PacFault Fault { get; } = fault;

    public static PacException Malformed(string message, Exception? inner = null) => new(PacFault.Malformed, message, inner);
}
