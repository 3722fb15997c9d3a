namespace GrpcKerberos.Protocol.Pac;

/// <summary>Puts groups together, those of one domain that follow each other into one block.</summary>
internal sealed class GroupSidsBuilder
{
    private readonly List<SidBlock> _blocks = [];
    private readonly List<uint> _open = [];
    private SidPrefix? _domain;

    public void AddAll(SidPrefix domain, uint[] relativeIds)
    {
        Close();
        if (relativeIds.Length > 0) _blocks.Add(new SidBlock(domain, relativeIds));
    }

    public void Add(in Sid sid)
    {
        if (!sid.Prefix.Equals(_domain)) Close();
        _domain = sid.Prefix;
        _open.Add(sid.RelativeId);
    }

    public GroupSids Build()
    {
        Close();
        return new GroupSids([.. _blocks]);
    }

    private void Close()
    {
        if (_open.Count > 0) _blocks.Add(new SidBlock(_domain!, [.. _open]));
        _open.Clear();
        _domain = null;
    }
}
