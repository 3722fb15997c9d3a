namespace GrpcKerberos.Protocol.Credentials;

/// <summary>Sections and names that are final: what later files of KRB5_CONFIG say below them does not count, so that an administrator's file stands.</summary>
internal sealed class Krb5Finals
{
    /// <summary>No line of text holds it.</summary>
    private const char Separator = '\n';

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<string> path) => _paths.Add(string.Join(Separator, path));

    public void Add(Krb5Finals other) => _paths.UnionWith(other._paths);

    public bool Cover(Krb5Relation relation)
    {
        if (_paths.Count == 0) return false;
        var path = "";
        foreach (var part in relation.Sections.Append(relation.Name))
        {
            path = path.Length == 0 ? part : path + Separator + part;
            if (_paths.Contains(path)) return true;
        }

        return false;
    }
}
