namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>What a test may need that is not ours.</summary>
public enum Peer
{
    /// <summary>MIT krb5's KDC and tools, and our programs on its libraries. Every other peer stands beside it.</summary>
    Mit,

    /// <summary>Samba's Active Directory domain controller.</summary>
    Samba,

    /// <summary>Heimdal's KDC and tools, unpacked beside MIT's.</summary>
    Heimdal,

    /// <summary>Debian's Python with grpcio, gssapi and protobuf, and protoc.</summary>
    Python,

    /// <summary>JDK 17 with grpc-java.</summary>
    Java,

    /// <summary>Go with gokrb5 and grpc.</summary>
    Go,

    /// <summary>faketime: another clock for a foreign process.</summary>
    Faketime,
}
