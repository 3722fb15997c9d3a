using System.Diagnostics.CodeAnalysis;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol;

/// <summary>A principal: the components of its name and its realm, for instance <c>HTTP/orders.corp.example@CORP.EXAMPLE</c>.</summary>
/// <remarks>Names compare exactly, case included, as RFC 4120 section 6 has it; the textual form is that of RFC 1964 section 2.1.1.</remarks>
public sealed class KerberosPrincipal : IParsable<KerberosPrincipal>, IEquatable<KerberosPrincipal>
{
    private string? _text;

    internal KerberosPrincipal(PrincipalName name, string realm)
    {
        Name = name;
        Realm = realm;
    }

    /// <summary>The name's components, unescaped: <c>HTTP</c> and <c>orders.corp.example</c>.</summary>
    public IReadOnlyList<string> Components => Name.Components;

    /// <summary>The realm, unescaped: <c>CORP.EXAMPLE</c>.</summary>
    public string Realm { get; }

    internal PrincipalName Name { get; }

    /// <summary>Reads <c>a/b@REALM</c>; the realm must be there.</summary>
    /// <exception cref="FormatException">The text is no principal.</exception>
    public static KerberosPrincipal Parse(string text) =>
        TryParse(text, out var principal)
            ? principal
            : throw new FormatException($"\"{text}\" is no principal. Next: write it as name@REALM or service/host@REALM.");

    static KerberosPrincipal IParsable<KerberosPrincipal>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<KerberosPrincipal>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out KerberosPrincipal result) =>
        TryParse(s, out result);

    /// <summary>Reads <c>a/b@REALM</c>; false where the text is no principal or has no realm.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out KerberosPrincipal principal) =>
        TryParse(text, defaultRealm: null, out principal);

    /// <summary>As <see cref="TryParse(string?, out KerberosPrincipal)"/>, with a realm for text that names none.</summary>
    internal static bool TryParse([NotNullWhen(true)] string? text, string? defaultRealm, [MaybeNullWhen(false)] out KerberosPrincipal principal)
    {
        principal = null;
        if (text is null || !PrincipalText.TrySplit(text, out var components, out var realm)) return false;
        realm ??= defaultRealm;
        if (string.IsNullOrEmpty(realm)) return false;
        // An @ inside a name, alice\@corp.example@CORP.EXAMPLE, stands in enterprise names alone.
        var type = components.Count > 1 ? NameType.ServiceInstance : components[0].Contains('@', StringComparison.Ordinal) ? NameType.Enterprise : NameType.Principal;
        principal = new KerberosPrincipal(new PrincipalName(type, components), realm);
        return true;
    }

    /// <summary>The ticket-granting service of a realm: <c>krbtgt/REALM@REALM</c>.</summary>
    internal static KerberosPrincipal TicketGrantingService(string realm) =>
        new(new PrincipalName(NameType.ServiceInstance, ["krbtgt", realm]), realm);

    /// <inheritdoc/>
    public bool Equals(KerberosPrincipal? other) => other is not null && string.Equals(Realm, other.Realm, StringComparison.Ordinal) && Name.Equals(other.Name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KerberosPrincipal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Realm);

    /// <summary>The textual form with escapes, realm included.</summary>
    public override string ToString() => _text ??= PrincipalText.Format(Components, Realm);
}
