namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>No name server gave an answer.</summary>
/// <remarks>The message lists them: <c>192.0.2.53:53 silent, 192.0.2.54:53 refused</c>.</remarks>
#pragma warning disable CA1032, CA1064 // it never leaves the folder above
internal sealed class SrvLookupException(string servers) : Exception(servers);
#pragma warning restore CA1032, CA1064
