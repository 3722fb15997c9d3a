namespace GrpcKerberos.Protocol.Credentials;

/// <summary>One <c>name = value</c> of krb5.conf with the sections around it, outermost first, and where it stands.</summary>
internal sealed record Krb5Relation(IReadOnlyList<string> Sections, string Name, string Value, string File, int Line)
{
    public bool Is(string section, string name) => Sections.Count == 1 && Sections[0] == section && Name == name;

    /// <summary>An error a person can go to: <c>/etc/krb5.conf:12: …</c>.</summary>
    public KerberosException Invalid(string what, string next) => Invalid(File, Line, what, next);

    public static KerberosException Invalid(string file, int line, string what, string next) =>
        new(KerberosError.ConfigurationInvalid, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{file}:{line}: {what}. Next: {next}."));
}
