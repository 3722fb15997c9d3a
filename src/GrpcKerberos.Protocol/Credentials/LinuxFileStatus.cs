using System.Runtime.InteropServices;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>statx of Linux, which tells what .NET does not: owner, inode and time of change.</summary>
internal static partial class LinuxFileStatus
{
    /// <summary>Words of struct statx, the same on every architecture.</summary>
    public const int Length = 64;

    private const int CurrentDirectory = -100;
    private const uint BasicStatus = 0x7ff;

    /// <summary>Fills in the struct, symbolic links followed; false where there is no such file, no right to look, or no statx.</summary>
    public static unsafe bool TryRead(string path, Span<uint> status)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status.Length, Length);
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            fixed (uint* words = status) return Statx(CurrentDirectory, path, 0, BasicStatus, words) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, uint* status);
}
