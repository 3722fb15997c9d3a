namespace GrpcKerberos.Protocol.Credentials;

/// <summary>[capaths] of krb5.conf: by way of which realms a client of one realm reaches a service of another. Immutable.</summary>
/// <remarks>
/// <code>
/// [capaths]
/// CLIENT = {
///     SERVER = FIRST       one line a realm on the way, from the client's side to the service's
///     SERVER = SECOND      (or all in one line, as Heimdal has it)
///     OTHER = .            "." : the two realms share a key
/// }
/// </code>
/// </remarks>
internal sealed class Capaths
{
    /// <summary>Stands for the way without a realm in between.</summary>
    private const string Direct = ".";

    private static readonly char[] s_blanks = [' ', '\t'];

    private readonly Dictionary<(string Client, string Server), List<string>> _paths = [];

    private Capaths()
    {
    }

    /// <summary>No section at all.</summary>
    public static Capaths Empty { get; } = new();

    /// <summary>Reads the section out of all relations, whatever else is among them.</summary>
    public static Capaths Of(IReadOnlyList<Krb5Relation> relations)
    {
        var read = new Capaths();
        foreach (var relation in relations)
        {
            if (relation.Sections is ["capaths", var client]) read.Add(client, relation.Name, relation.Value);
        }

        return read._paths.Count > 0 ? read : Empty;
    }

    /// <summary>
    /// The realms between a client's and a service's, in the order they are passed; empty: the two share a key; null: the file says nothing of the pair.
    /// </summary>
    public IReadOnlyList<string>? PathBetween(string client, string server) => _paths.GetValueOrDefault((client, server));

    /// <summary>Either end named as a realm in between adds nothing: files that tools write have it so.</summary>
    private void Add(string client, string server, string value)
    {
        if (!_paths.TryGetValue((client, server), out var path)) _paths[(client, server)] = path = [];
        path.AddRange(value.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries).Where(r => r != Direct && r != client && r != server));
    }
}
