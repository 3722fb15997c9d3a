namespace GrpcKerberos.Protocol.Kdc;

/// <summary>How one key is made of a password.</summary>
internal sealed record KdcHint(EncryptionType Type, string Salt, ReadOnlyMemory<byte> Parameters);
