namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What a MIC covers. Every part is framed, so no two calls share one input (protos/README.md).</summary>
internal interface IMicInput
{
    int Length { get; }

    /// <summary>Writes exactly <see cref="Length"/> octets.</summary>
    void WriteTo(Span<byte> target);
}
