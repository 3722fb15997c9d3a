namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>A DNS message is not what RFC 1035 says.</summary>
/// <remarks>The message quotes nothing of it.</remarks>
#pragma warning disable CA1032, CA1064 // it never leaves this folder
internal sealed class DnsFormatException(string what) : Exception(what);
#pragma warning restore CA1032, CA1064
