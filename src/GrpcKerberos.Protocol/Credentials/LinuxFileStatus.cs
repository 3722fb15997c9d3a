using System.Runtime.InteropServices;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>statx of Linux, which tells what .NET does not: owner, inode and time of change.</summary>
internal static partial class LinuxFileStatus
{
    /// <summary>Words of struct statx, the same on every architecture.</summary>
    public const int Length = 64;

    /// <summary>Place of the 16 bits of type and rights, and of the major number of a device.</summary>
    private const int ModePlace = 7;
    private const int DeviceMajorPlace = 32;

    private const int TypeMask = 0xf000;
    private const int RegularFile = 0x8000;
    private const int CharacterDevice = 0x2000;

    /// <summary>null, zero and their like, which answer at once: /dev/null is a common way to say "no configuration".</summary>
    private const uint MemoryDevices = 1;

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

    /// <summary>Whether to open or read it could take for ever; false too where nobody can tell.</summary>
    public static bool MayWait(string path)
    {
        Span<uint> status = stackalloc uint[Length];
        if (!TryRead(path, status)) return false;
        var mode = MemoryMarshal.Cast<uint, ushort>(status[ModePlace..])[0];
        return (mode & TypeMask) switch
        {
            RegularFile => false,
            CharacterDevice => status[DeviceMajorPlace] != MemoryDevices,
            _ => true,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, uint* status);
}
