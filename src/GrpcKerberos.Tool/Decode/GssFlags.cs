namespace GrpcKerberos.Tool.Decode;

/// <summary>Flags of the GSS-API checksum (RFC 4121 section 4.1.1.1).</summary>
internal static class GssFlags
{
    private static readonly string[] s_names = ["deleg", "mutual", "replay", "sequence", "conf", "integ"];

    public static string Names(uint flags)
    {
        List<string> names = [.. s_names.Where((_, bit) => (flags & (1u << bit)) != 0)];
        var others = flags >> s_names.Length << s_names.Length;
        if (others != 0) names.Add($"0x{others:x}");
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }
}
