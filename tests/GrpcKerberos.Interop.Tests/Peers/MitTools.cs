namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>Where MIT's own programs and ours on its libraries are on this machine, and what is missing.</summary>
public static class MitTools
{
    private const string Mend = "Next: run tests/run.sh, which installs and builds the peers.";

    private static readonly string[] Programs = ["krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kvno", "klist"];
    private static readonly string[] OurPrograms = ["apreq", "session_vectors", "gsspeer"];

    /// <summary>The repository's tests/peers folder.</summary>
    public static string PeersFolder { get; } = Path.Combine(RepositoryRoot(), "tests", "peers");

    /// <summary>What is missing and how to mend it; null when all is here.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>The full path of a program: ours first, then PATH with the sbin folders that an ordinary user's PATH lacks.</summary>
    public static string Find(string program) => TryFind(program)
        ?? throw new ForeignProcessException($"{program} is not on this machine. {Mend}");

    private static string? TryFind(string program)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        string[] folders = [Path.Combine(PeersFolder, "bin"), .. path.Split(Path.PathSeparator), "/usr/sbin", "/sbin"];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    private static string? FindMissing()
    {
        var missing = Programs.Concat(OurPrograms).Where(program => TryFind(program) is null).ToArray();
        return missing.Length == 0
            ? null
            : $"MIT krb5 is not all here (missing: {string.Join(", ", missing)}). {Mend}";
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GrpcKerberos.sln")))
                return folder.FullName;
        throw new ForeignProcessException("The tests run outside the repository. Next: run them with dotnet test inside the checkout.");
    }
}
