namespace GrpcKerberos.Protocol.Pac;

/// <summary>Puts groups together, those of one domain into one block: they may come mixed, and a block for each would cost tenfold.</summary>
internal sealed class GroupSidsBuilder
{
    private readonly List<SidBlock> _blocks = [];
    private readonly Dictionary<SidPrefix, List<uint>> _open = [];

    public void AddAll(SidPrefix domain, uint[] relativeIds)
    {
        Close();
        if (relativeIds.Length > 0) _blocks.Add(new SidBlock(domain, relativeIds));
    }

    public void Add(in Sid sid)
    {
        if (!_open.TryGetValue(sid.Prefix, out var ids)) _open[sid.Prefix] = ids = [];
        ids.Add(sid.RelativeId);
    }

    public GroupSids Build()
    {
        Close();
        return new GroupSids([.. _blocks]);
    }

    private void Close()
    {
        // Nothing is ever taken out of it, so it is in the order of what came.
        foreach (var (domain, ids) in _open) _blocks.Add(new SidBlock(domain, [.. ids]));
        _open.Clear();
    }
}
