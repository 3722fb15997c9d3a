using System.Globalization;
using System.Runtime.InteropServices;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Who runs this process and who owns a file, where the system has numbers for it.</summary>
internal static partial class UnixAccount
{
    private const int OwnerPlace = 5;

    /// <summary>The real uid, which names the default ccache; null on Windows.</summary>
    public static uint? Uid => OperatingSystem.IsWindows() ? null : GetUid();

    /// <summary>The effective uid, which opens files; null on Windows.</summary>
    public static uint? EffectiveUid => OperatingSystem.IsWindows() ? null : GetEffectiveUid();

    /// <summary>For messages: <c>uid 1654</c>.</summary>
    public static string Self => EffectiveUid is { } uid ? string.Create(CultureInfo.InvariantCulture, $"uid {uid}") : "this user";

    /// <summary>The owner's name, else its number; null where that cannot be found out.</summary>
    public static string? OwnerOf(string path)
    {
        Span<uint> status = stackalloc uint[LinuxFileStatus.Length];
        return LinuxFileStatus.TryRead(path, status) ? NameOf(status[OwnerPlace]) : null;
    }

    /// <summary>Only /etc/passwd is asked: a directory service may be the very thing that does not answer.</summary>
    private static string NameOf(uint uid)
    {
        var number = uid.ToString(CultureInfo.InvariantCulture);
        try
        {
            foreach (var line in File.ReadLines("/etc/passwd"))
            {
                var fields = line.Split(':');
                if (fields.Length > 2 && fields[2] == number) return fields[0];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The number serves as well.
        }

        return number;
    }

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUid();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUid();
}
