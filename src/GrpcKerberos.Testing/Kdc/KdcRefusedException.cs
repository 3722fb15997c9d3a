using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Testing.Kdc;

/// <summary>Becomes a KRB-ERROR; never leaves <see cref="KdcService"/>.</summary>
/// <param name="code">error-code.</param>
/// <param name="text">e-text: for the eyes of who reads a trace.</param>
/// <param name="clientTime">ctime and cusec, where the request told them.</param>
/// <param name="data">e-data.</param>
internal sealed class KdcRefusedException(KerberosErrorCode code, string text, KerberosTime? clientTime = null, byte[]? data = null) : Exception(text)
{
    public KerberosErrorCode Code { get; } = code;

    public KerberosTime? ClientTime { get; } = clientTime;

    public byte[]? ErrorData { get; } = data;
}
