namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>A test that needs MIT krb5: skipped with the reason where it is missing, failed there when peers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute() => Skip = MitTools.SkipReason;
}

/// <summary>As <see cref="PeerFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute() => Skip = MitTools.SkipReason;
}
