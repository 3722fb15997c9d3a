using GrpcKerberos.Protocol;

namespace GrpcKerberos.Testing;

/// <summary>How an account of a <see cref="TestRealm"/> is set up.</summary>
public sealed class TestAccountOptions
{
    /// <summary>The password its keys are made from, with the default salt; random keys where null.</summary>
    public string? Password { get; set; }

    /// <summary>The encryption types of its keys, best first; the realm's where none is added. Tickets for it are sealed with the first.</summary>
    public IList<EncryptionType> EncryptionTypes { get; } = [];
}
