using System.Reflection;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>
/// All keys that objects hold, however deep: those of sessions and of ticket-granting tickets have no other way out, which is as it should be.
/// </summary>
internal sealed class KeyWalk(SecretOctets secrets)
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<object> _next = new();

    private readonly List<string> _said = [];

    public int Keys { get; private set; }

    /// <summary>What the objects that were met since say of themselves.</summary>
    public IReadOnlyList<string> Said()
    {
        string[] said = [.. _said];
        _said.Clear();
        return said;
    }

    public void From(params object[] roots)
    {
        foreach (var root in roots) Meet(root);
        while (_next.TryPop(out var found)) Look(found);
    }

    private void Look(object found)
    {
        if (found is KerberosKey key) Take(key);
        // A ReplayKey is a name to keep a token by, in Redis for one; that it is not logged is seen in the logs.
        if (found is not ReplayKey && IsShipped(found.GetType())) _said.Add($"{found.GetType().Name}: {found}");
        if (found is ServiceTicket ticket) secrets.AddMessage($"the ticket for {ticket.Service}", ticket.Ticket.Encoded.Span);
        if (found is SessionId id) secrets.Add("a session's id", id.ToArray());
        if (found is Array array)
        {
            foreach (var item in array) Meet(item);
            return;
        }

        for (var type = found.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.FieldType.IsPrimitive || field.FieldType.IsPointer || field.FieldType.IsByRefLike) continue;
                var value = field.GetValue(found);
                // Keys that were derived of others stand in octets of their own.
                if (value is byte[] { Length: >= 16 and <= 64 } octets && type.Namespace == typeof(KerberosKey).Namespace) secrets.Add($"{type.Name}.{field.Name}", octets);
                Meet(value);
            }
        }
    }

    private void Take(KerberosKey key)
    {
        try
        {
            secrets.Add(key.GetType().Name, key.Bytes);
            Keys++;
        }
        catch (ObjectDisposedException)
        {
            // Zeroed.
        }
    }

    private void Meet(object? value)
    {
        if (value is null or string or Type or MemberInfo or Thread or byte[] or char[] or Enum) return;
        var type = value.GetType();
        if (type.IsPrimitive || !IsOurs(type)) return;
        if (_seen.Add(value)) _next.Push(value);
    }

    private static bool IsShipped(Type type) =>
        type.Assembly != typeof(KeyWalk).Assembly && type.Namespace?.StartsWith("GrpcKerberos", StringComparison.Ordinal) == true;

    /// <summary>Ours, and what ours are kept in.</summary>
    private static bool IsOurs(Type type) =>
        type.IsArray ? IsOurs(type.GetElementType()!) || type.GetElementType() == typeof(object)
        : type.Assembly.GetName().Name!.StartsWith("GrpcKerberos", StringComparison.Ordinal)
        || (type.Namespace is { } space && (space.StartsWith("System.Collections", StringComparison.Ordinal) || space is "System.Threading.Tasks"))
        || (type.Namespace == "System" && (type.IsGenericType || type.IsSubclassOf(typeof(Delegate))));
}
