namespace GrpcKerberos.Protocol.Kdc;

/// <summary>A KDC gave no usable answer. The message completes a list, <c>dc1.corp.example:88 refused</c>, and never quotes what came.</summary>
#pragma warning disable CA1032, CA1064 // it never leaves this folder
internal sealed class KdcTransportException(string what, Exception? inner = null) : Exception(what, inner);
#pragma warning restore CA1032, CA1064
