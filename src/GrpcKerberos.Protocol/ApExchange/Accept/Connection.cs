namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What a call's connection is, as the server itself knows it: never by a header.</summary>
/// <param name="Portability">What sessions may begin, and be used, on it.</param>
/// <param name="ChannelBindings">The TLS channels it may be known by: the server's certificate and those of proxies that end TLS for it.</param>
internal readonly record struct Connection(Portability Portability, IReadOnlyList<ChannelBinding> ChannelBindings)
{
    public static readonly Connection Portable = new(Portability.Always, []);
}
