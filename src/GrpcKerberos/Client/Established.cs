using GrpcKerberos.Protocol.ApExchange.Initiate;

namespace GrpcKerberos.Client;

/// <summary>What became of a call to Establish.</summary>
/// <param name="IsOffered">Whether the server has that method.</param>
/// <param name="Bound">The server-bound session; null where it is K's.</param>
internal readonly record struct Established(bool IsOffered, BoundSession? Bound)
{
    public static Established NotOffered => default;

    public static Established Portable => new(true, null);
}
