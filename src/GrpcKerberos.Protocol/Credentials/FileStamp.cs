using System.Runtime.InteropServices;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>
/// What changes whenever a file does, read without opening it: another file in its place (a rename, a link that leads elsewhere) changes the
/// inode, a write the times. The default stands for a file that is not there.
/// </summary>
/// <param name="Length">Octets.</param>
/// <param name="Written">Nanoseconds, or ticks where the system has no inodes: only equality counts.</param>
/// <param name="Changed">The same of the last change to the file or its rights; creation where the system does not say.</param>
/// <param name="Inode">0 where there is none.</param>
/// <param name="Device">The file system; 0 where there is none.</param>
internal readonly record struct FileStamp(long Length, long Written, long Changed, ulong Inode, ulong Device)
{
    // Places in struct statx, in words of 32 and of 64 bits; times are seconds, then nanoseconds.
    private const int InodePlace = 4;
    private const int SizePlace = 5;
    private const int ChangedPlace = 12;
    private const int WrittenPlace = 14;
    private const int DevicePlace = 17;

    /// <summary>The stamp of the file that the path leads to, all links followed, as Kubernetes replaces a secret by turning a link.</summary>
    public static FileStamp Of(string path)
    {
        Span<uint> words = stackalloc uint[LinuxFileStatus.Length];
        return LinuxFileStatus.TryRead(path, words) ? OfStatus(MemoryMarshal.Cast<uint, ulong>(words)) : OfInfo(path);
    }

    private static FileStamp OfStatus(ReadOnlySpan<ulong> status) =>
        new((long)status[SizePlace], Nanoseconds(status[WrittenPlace..]), Nanoseconds(status[ChangedPlace..]), status[InodePlace], status[DevicePlace]);

    private static long Nanoseconds(ReadOnlySpan<ulong> time) => unchecked(((long)time[0] * 1_000_000_000) + (uint)time[1]);

    /// <summary>The stamp by what .NET tells, which is less.</summary>
    internal static FileStamp OfInfo(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
            return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks, file.CreationTimeUtc.Ticks, 0, 0) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return default;
        }
    }
}
