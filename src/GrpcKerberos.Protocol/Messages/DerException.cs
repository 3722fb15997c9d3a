namespace GrpcKerberos.Protocol.Messages;

/// <summary>The one exception out of bytes that are not the DER of the message they should be.</summary>
/// <remarks>Its text names the field and never quotes content.</remarks>
internal sealed class DerException(string message, Exception? inner = null) : Exception(message, inner);
