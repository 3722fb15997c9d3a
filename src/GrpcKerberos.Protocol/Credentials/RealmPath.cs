using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Credentials;

/// <summary>The way between two realms: what [capaths] says of the pair, else the tree of their names (RFC 4120 section 2.7, as MIT krb5 has it).</summary>
internal static class RealmPath
{
    /// <summary>The realms in between, in the order they are passed; null where nothing leads from one to the other.</summary>
    public static IReadOnlyList<string>? Between(Capaths capaths, string client, string service) =>
        capaths.PathBetween(client, service) ?? RealmHierarchy.Between(client, service);
}
