namespace GrpcKerberos.Protocol.Crypto;

/// <summary>What derived material of a usage is prepared for. AES expands a key differently in each direction.</summary>
internal enum KeyPurpose
{
    Seal,
    Open,
    Checksum,
}
