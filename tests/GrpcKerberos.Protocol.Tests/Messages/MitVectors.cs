using GrpcKerberos.Shared;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>Encodings MIT krb5 pins for its own encoder; Vectors/mit-krb5/README.md says where they come from.</summary>
internal static class MitVectors
{
    private static readonly Dictionary<string, byte[]> s_vectors = File.ReadLines(Repository.PathOf("tests/GrpcKerberos.Protocol.Tests/Vectors/mit-krb5/reference_encode.txt"))
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1].Replace(" ", "", StringComparison.Ordinal)));

    public static IReadOnlyCollection<string> Names => s_vectors.Keys;

    /// <summary>A copy: tests spoil it in place, and others run at the same time.</summary>
    public static byte[] Get(string name) => [.. s_vectors[name]];
}
