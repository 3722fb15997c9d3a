namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>Files MIT krb5 wrote, and what its klist says of them.</summary>
internal static class Recorded
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Vectors", "mit-krb5");

    public static string PathOf(string file) => Path.Combine(s_folder, file);

    public static byte[] Octets(string file) => File.ReadAllBytes(PathOf(file));

    public static string[] Listing(string file) => File.ReadAllLines(PathOf(file + ".klist.txt"));
}
