using Grpc.Core;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>Takes what a marshaller writes.</summary>
internal sealed class PayloadWriter : SerializationContext
{
    public byte[] Octets { get; private set; } = [];

    public static byte[] Write<T>(Marshaller<T> marshaller, T message)
    {
        var writer = new PayloadWriter();
        marshaller.ContextualSerializer(message, writer);
        return writer.Octets;
    }

    public override void Complete(byte[] payload) => Octets = payload;
}
