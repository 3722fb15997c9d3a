using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Foreign;

/// <summary>A test that needs MIT krb5 and a JDK. A JDK is looked for and never required: nothing else here needs one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JavaFactAttribute : FactAttribute
{
    public JavaFactAttribute() => Skip = MitTools.SkipReason ?? (Find("javac") is null ? "There is no JDK on the PATH. Next: install default-jdk-headless." : null);

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
