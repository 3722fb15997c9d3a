namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>A test that needs MIT krb5 and these peers: skipped with the reason where one is missing, failed there when peers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute(params Peer[] peers) => Skip = PeerTools.SkipReason(peers);
}

/// <summary>As <see cref="PeerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute(params Peer[] peers) => Skip = PeerTools.SkipReason(peers);
}
