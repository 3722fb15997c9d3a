using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Interop.Tests.Mit;

/// <summary>Any octets as what a MIC covers.</summary>
internal readonly struct OctetInput(byte[] octets) : IMicInput
{
    public int Length => octets.Length;

    public void WriteTo(Span<byte> target) => octets.CopyTo(target);
}
