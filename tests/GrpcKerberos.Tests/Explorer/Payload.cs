using System.Buffers;
using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Octets of a message for a marshaller to read.</summary>
internal sealed class Payload(byte[] octets) : DeserializationContext
{
    public override int PayloadLength => octets.Length;

    public override byte[] PayloadAsNewBuffer() => [.. octets];

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => new(octets);
}
