namespace GrpcKerberos.Protocol.Kdc.Srv;

/// <summary>One server of a service (RFC 2782).</summary>
/// <param name="Priority">The lowest is asked first.</param>
/// <param name="Weight">Among those of one priority: how often it should be the first.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Target">Its host name, without the dot at the end.</param>
/// <param name="Life">How long the answer may be kept.</param>
internal sealed record SrvRecord(int Priority, int Weight, int Port, string Target, TimeSpan Life);
