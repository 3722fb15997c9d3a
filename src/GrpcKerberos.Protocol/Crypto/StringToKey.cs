using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Crypto;

/// <summary>A key out of a password (RFC 3962 section 4, RFC 8009 section 4): PBKDF2, with as many iterations as the KDC asks for.</summary>
internal static class StringToKey
{
    /// <summary>
    /// The most iterations that are done. Whoever answers in the KDC's place, before anything is authenticated, names the
    /// number: four billion would keep a processor busy for an hour. KDCs in use ask for 4096 or 32768.
    /// </summary>
    public const int MostIterations = 1 << 20;

    /// <param name="password">Encoded as UTF-8, unchanged.</param>
    /// <param name="salt">Encoded as UTF-8, unchanged.</param>
    /// <param name="parameters">Empty for the default of the type, or the iterations in 4 octets, big-endian; 0 stands for 2^32.</param>
    /// <exception cref="KerberosException">The parameters, which come from the KDC, are not acceptable.</exception>
    public static LongTermKey Make(EncryptionType type, string password, string salt, ReadOnlySpan<byte> parameters)
    {
        ArgumentNullException.ThrowIfNull(password);
        ArgumentNullException.ThrowIfNull(salt);
        var profile = EncryptionProfile.For(type);
        var iterations = parameters.IsEmpty ? profile.DefaultIterations : ReadIterations(profile, parameters);
        var passwordBytes = Encoding.UTF8.GetBytes(password);
        var key = profile.StringToKey(passwordBytes, Encoding.UTF8.GetBytes(salt), iterations);
        try
        {
            return new LongTermKey(type, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(passwordBytes);
        }
    }

    private static int ReadIterations(EncryptionProfile profile, ReadOnlySpan<byte> parameters)
    {
        if (profile.DefaultIterations == 0) throw Refused($"has string-to-key parameters for {profile.Type.ToMitName()}, which takes none");
        if (parameters.Length != sizeof(uint))
        {
            throw Refused($"has string-to-key parameters of {parameters.Length} octets where 4 are defined");
        }
        long iterations = BinaryPrimitives.ReadUInt32BigEndian(parameters);
        if (iterations == 0) iterations = 1L << 32;
        return iterations <= MostIterations
            ? (int)iterations
            : throw Refused($"asks for {iterations} iterations of string-to-key, and at most {MostIterations} are done");
    }

    private static KerberosException Refused(string what) => new(
        KerberosError.KdcRefused,
        $"The KDC's answer {what}. Next: log in with a keytab instead of a password, or lower the iteration count on the KDC; "
        + "if neither explains it, somebody else may be answering for the KDC.");
}
