namespace GrpcKerberos.Tests.Explorer;

/// <summary>What may run once: a call, and each further attempt of it that gRPC was told to make.</summary>
internal sealed class Unit(AppCall call, bool isServerBound)
{
    public AppCall Call { get; } = call;

    public bool IsServerBound { get; } = isServerBound;

    /// <summary>SND_SEQ; set by the first attempt.</summary>
    public ulong Number { get; set; }

    public List<Run> Runs { get; } = [];
}
