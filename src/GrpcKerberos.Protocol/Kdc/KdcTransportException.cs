namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A KDC gave no usable answer.</summary>
/// <remarks>The message follows the KDC's name in a list, <c>dc1.corp.example:88 refused</c>, and never quotes what came.</remarks>
#pragma warning disable CA1032, CA1064 // it never leaves this folder
internal sealed class KdcTransportException(string what, Exception? inner = null) : Exception(what, inner);
#pragma warning restore CA1032, CA1064
