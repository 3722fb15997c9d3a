namespace GrpcKerberos.Tests.Client;

/// <summary>The five shapes of a call.</summary>
public enum Shape
{
    Blocking,
    Unary,
    ClientStreaming,
    ServerStreaming,
    Duplex,
}
