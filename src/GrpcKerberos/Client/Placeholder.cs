using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GrpcKerberos.Client;

/// <summary>An instance of a message type that nobody reads: gRPC wants one where our own octets travel in a call of the application's types.</summary>
internal static class Placeholder
{
    /// <exception cref="NotSupportedException">The type has no instances of its own.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2087", Justification = "No constructor runs and no member is used: the object is only passed along.")]
    public static T Of<T>()
        where T : class
    {
        if (typeof(T) == typeof(string)) return (T)(object)"";
        if (typeof(T) == typeof(byte[])) return (T)(object)Array.Empty<byte>();
        try
        {
            return (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        }
        catch (Exception e) when (e is MemberAccessException or ArgumentException)
        {
            throw new NotSupportedException($"{typeof(T)} has no instances of its own.", e);
        }
    }
}
