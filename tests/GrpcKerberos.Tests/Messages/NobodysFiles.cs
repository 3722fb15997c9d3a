using System.Runtime.InteropServices;

namespace GrpcKerberos.Tests.Messages;

/// <summary>Runs something on a thread that opens files as nobody does: root may read what no mode permits.</summary>
internal static class NobodysFiles
{
    private const uint Nobody = 65534;

    /// <summary>A temporary directory that everybody may look into, unlike those of the realm.</summary>
    public static string NewDirectory()
    {
        var path = Directory.CreateTempSubdirectory("grpc-kerberos-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>Takes every right to a file away.</summary>
    public static void Forbid(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
    }

    public static T Run<T>(Func<Task<T>> action)
    {
        var result = default(T);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            var isRoot = geteuid() == 0;
            // Of this thread alone: the rest of the process stays who it is.
            if (isRoot) _ = setfsuid(Nobody);
            try
            {
                result = action().GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                if (isRoot) _ = setfsuid(0);
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw failure;
    }

#pragma warning disable SYSLIB1054 // source-generated imports need unsafe code
    [DllImport("libc")]
    private static extern uint geteuid();

    [DllImport("libc")]
    private static extern int setfsuid(uint fsuid);
#pragma warning restore SYSLIB1054
}
