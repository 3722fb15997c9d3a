using System.Security.Cryptography;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Files for their owner's eyes only. A reader meets the old file or the new one, never a part.</summary>
internal static class PrivateFile
{
    /// <exception cref="IOException">The directory does not take it; <see cref="UnauthorizedAccessException"/> likewise.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // In front of the name: what is left after a crash is no cache of a directory, whose names begin otherwise.
        var temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        try
        {
            using (var file = new FileStream(temporary, NewPrivateFile()))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static FileStreamOptions NewPrivateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
