using System.Text;

namespace GrpcKerberos.Protocol.Registry;

/// <summary>Errors by the name they travel under: <c>error=</c> of a refusal (protos/README.md).</summary>
internal static class KerberosErrorNames
{
    private static readonly Dictionary<KerberosError, string> s_names = Enum.GetValues<KerberosError>().ToDictionary(static e => e, Name);

    private static readonly Dictionary<string, KerberosError> s_errors = s_names.ToDictionary(static p => p.Value, static p => p.Key, StringComparer.Ordinal);

    /// <summary>The answer to a token that came without a MIC: established, nothing run.</summary>
    public const string Prove = "PROVE";

    /// <summary>The call's number has fallen out of the session's window: too late to tell whether it ran.</summary>
    public const string Late = "LATE";

    public static string ToWireName(this KerberosError error) => s_names[error];

    public static bool TryParse(string name, out KerberosError error) => s_errors.TryGetValue(name, out error);

    private static string Name(KerberosError error) => error switch
    {
        KerberosError.ClockSkew => "SKEW",
        KerberosError.Replayed => "REPEAT",
        _ => UpperSnake(error.ToString()),
    };

    private static string UpperSnake(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
