namespace GrpcKerberos.Protocol.Pac;

/// <summary>The groups a session's caller is in, as small as they can be kept: an account may be in a thousand, and a store holds many sessions.</summary>
internal readonly struct GroupSids(SidBlock[] blocks)
{
    private readonly SidBlock[]? _blocks = blocks;

    public int Count
    {
        get
        {
            var count = 0;
            foreach (var block in _blocks ?? []) count += block.RelativeIds.Length;
            return count;
        }
    }

    public bool Contains(in Sid sid)
    {
        foreach (var block in _blocks ?? [])
        {
            if (block.Domain.Equals(sid.Prefix) && block.RelativeIds.AsSpan().Contains(sid.RelativeId)) return true;
        }

        return false;
    }

    /// <summary>Whether they are the same groups in the same order.</summary>
    public bool Same(in GroupSids other)
    {
        var (own, others) = (_blocks ?? [], other._blocks ?? []);
        if (own.Length != others.Length) return false;
        for (var i = 0; i < own.Length; i++)
        {
            if (!own[i].Domain.Equals(others[i].Domain) || !own[i].RelativeIds.AsSpan().SequenceEqual(others[i].RelativeIds)) return false;
        }

        return true;
    }

    /// <summary>Their texts, made anew, in the PAC's order but for extra SIDs: those of one domain stand together.</summary>
    public string[] ToTexts()
    {
        var texts = new string[Count];
        var at = 0;
        foreach (var block in _blocks ?? [])
        {
            foreach (var id in block.RelativeIds) texts[at++] = Sid.InDomain(block.Domain, id).ToString();
        }

        return texts;
    }
}
