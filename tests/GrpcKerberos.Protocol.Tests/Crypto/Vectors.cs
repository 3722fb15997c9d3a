using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Registry;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Crypto;

/// <summary>Reads the files under Vectors/, a field at a time.</summary>
internal static class Vectors
{
    public static IEnumerable<string[]> Read(string file, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Vectors", file);
        var lines = File.ReadAllLines(path).Where(line => !line.StartsWith('#')).Select(line => line.Split(' ')).ToList();
        Assert.NotEmpty(lines);
        return lines;
    }

    public static byte[] Hex(string field) => field == "-" ? [] : Convert.FromHexString(field);

    public static string Text(string field) => Encoding.UTF8.GetString(Hex(field));

    public static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    public static EncryptionType Type(string field) => (EncryptionType)Number(field);

    public static KeyUsage Usage(string field) => (KeyUsage)Number(field);

    /// <summary>A key of the type, on each pair of engines there is: this processor's and the platform's.</summary>
    public static IEnumerable<LongTermKey> Keys(EncryptionType type, byte[] bytes) =>
        Engines.Profiles(type).Select(profile => new LongTermKey(profile, bytes, new DerivedMaterial()));

    public static void Equal(byte[] expected, ReadOnlySpan<byte> actual) =>
        Assert.Equal(Convert.ToHexStringLower(expected), Convert.ToHexStringLower(actual));
}
