namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Reads a file whole, up to a size beyond which it is not what it is said to be (a device, an image).</summary>
internal static class BoundedFile
{
    /// <summary>Several thousand tickets or keys.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <exception cref="InvalidDataException">The file is larger than <see cref="MaxLength"/>, or no file but a directory, a pipe, a terminal.</exception>
    public static byte[] ReadAll(string path)
    {
        if (Directory.Exists(path)) throw new InvalidDataException("is a directory");
        // Asked before it is opened: the opening of a pipe waits for a writer, and a read from a terminal for a person.
        if (LinuxFileStatus.MayWait(path)) throw new InvalidDataException("is no file but a pipe, a socket or a device");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        var block = new byte[8192];
        int count;
        while ((count = file.Read(block)) > 0)
        {
            if (content.Length + count > MaxLength) throw new InvalidDataException($"is larger than {MaxLength / 1024 / 1024} MiB");
            content.Write(block, 0, count);
        }

        return content.ToArray();
    }
}
