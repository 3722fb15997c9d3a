using System.Formats.Asn1;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Messages;

/// <summary>
/// <code>
/// PrincipalName ::= SEQUENCE {                       -- RFC 4120 section 5.2.2
///     name-type   [0] Int32,
///     name-string [1] SEQUENCE OF KerberosString }
/// </code>
/// </summary>
/// <remarks>Two names are the same if their strings are: the type is a hint (RFC 4120 section 6.2).</remarks>
internal sealed class PrincipalName(NameType type, IReadOnlyList<string> components) : IEquatable<PrincipalName>
{
    public NameType Type { get; } = type;

    public IReadOnlyList<string> Components { get; } = components;

    public static PrincipalName Decode(DerReader field)
    {
        var sequence = field.Sequence();
        field.End();
        var type = (NameType)sequence.ReadInt32(0);
        var names = sequence.Field(1);
        var strings = names.Sequence();
        names.End();
        sequence.End();
        var components = new string[strings.Count()];
        for (var i = 0; i < components.Length; i++) components[i] = strings.KerberosString();
        return new PrincipalName(type, components);
    }

    public void EncodeTo(AsnWriter writer, int tag)
    {
        using (writer.Field(tag))
        using (writer.PushSequence())
        {
            writer.Int32(0, (int)Type);
            writer.Sequence(1, Components, static (w, s) => w.WriteKerberosString(s));
        }
    }

    public bool Equals(PrincipalName? other)
    {
        if (other is null || other.Components.Count != Components.Count) return false;
        for (var i = 0; i < Components.Count; i++)
        {
            if (!string.Equals(Components[i], other.Components[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PrincipalName);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        // By index: an enumerator of the interface would be allocated for every lookup by name.
        for (var i = 0; i < Components.Count; i++) hash.Add(Components[i], StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    public override string ToString() => PrincipalText.Format(Components);
}
