using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.Protocol;

/// <summary>Encryption types that .NET has no primitives for, brought by a package of ours. It permits none of them: <c>EncryptionTypes</c> must name them.</summary>
/// <remarks>Only packages of GrpcKerberos derive from it; GrpcKerberos.BouncyCastle has them.</remarks>
public abstract class EncryptionTypeProvider
{
    private protected EncryptionTypeProvider(params EncryptionProfile[] profiles) => Profiles = profiles;

    internal IReadOnlyList<EncryptionProfile> Profiles { get; }

    /// <summary>Whether one of these providers has a type, or needs none for it.</summary>
    internal static bool Have(IEnumerable<EncryptionTypeProvider> providers, EncryptionType type) =>
        EncryptionProfile.IsBuiltIn(type) || providers.Any(p => p.Profiles.Any(profile => profile.Type == type));
}
