using System.Globalization;
using System.Runtime.CompilerServices;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Benchmarks.Sessions;

/// <summary>The verb <c>memory [sessions] [principals] [groups]</c>: what an idle session takes, all that the service keeps for it counted.</summary>
internal static class SessionMemory
{
    private static readonly EncryptionType[] s_types =
        [EncryptionType.Aes128CtsHmacSha1, EncryptionType.Aes256CtsHmacSha1, EncryptionType.Aes128CtsHmacSha256, EncryptionType.Aes256CtsHmacSha384];

    public static int Run(string[] arguments, TextWriter output)
    {
        var sessions = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        var principals = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 10_000;
        int? groups = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : null;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sessions} sessions of {principals} principals, {(groups is null ? "without a PAC" : $"each in {groups} groups")}."));
        output.WriteLine();
        output.WriteLine("| enctype | bytes a session |");
        output.WriteLine("|---|---|");
        foreach (var type in s_types)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {type.ToMitName()} | {Measure(type, sessions, principals, groups) / sessions} |"));
        return 0;
    }

    // Out of line, so that nothing of one measurement is alive in the next. The list of ids is the measurement's own.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Measure(EncryptionType type, int sessions, int principals, int? groups)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var fill = new SessionFill(type, sessions, principals, groups);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before - (16L * fill.Ids.Count);
        GC.KeepAlive(fill);
        return bytes;
    }
}
