using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol.Crypto;

namespace GrpcKerberos.BouncyCastle.Tests;

/// <summary>All types are known in this process throughout, as where somebody else's options named them: what is refused here is refused by policy.</summary>
internal static class Known
{
#pragma warning disable CA2255 // before any test, in whatever order they run
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Register() => EncryptionProfile.Register([BouncyCastleEncryptionTypes.Camellia, BouncyCastleEncryptionTypes.DangerousRc4]);
}
