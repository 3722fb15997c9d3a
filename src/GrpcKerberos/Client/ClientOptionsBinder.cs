using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.Client;

/// <summary>Options out of configuration, by hand: an unknown key is refused, since a misspelt security setting must not pass.</summary>
internal static class ClientOptionsBinder
{
    private static readonly string[] s_keys =
    [
        nameof(KerberosClientOptions.Principal), nameof(KerberosClientOptions.Keytab), nameof(KerberosClientOptions.CredentialCache), nameof(KerberosClientOptions.ArmorCredentialCache),
        nameof(KerberosClientOptions.UseDefaultCredentials), nameof(KerberosClientOptions.TokenFormat),
        nameof(KerberosClientOptions.Realm), nameof(KerberosClientOptions.Kdcs), nameof(KerberosClientOptions.Krb5Config),
        nameof(KerberosClientOptions.ServicePrincipal), nameof(KerberosClientOptions.RequireMutualAuthentication),
        nameof(KerberosClientOptions.RequireServerBoundSessions), nameof(KerberosClientOptions.EstablishFirst),
        nameof(KerberosClientOptions.MaxHeaderTokenBytes), nameof(KerberosClientOptions.KdcTimeout), nameof(KerberosClientOptions.EncryptionTypes),
    ];

    private static readonly string[] s_inCode =
        [nameof(KerberosClientOptions.LoadKeytab), nameof(KerberosClientOptions.EncryptionTypeProviders), nameof(KerberosClientOptions.ChannelBinding), nameof(KerberosClientOptions.TimeProvider)];

    /// <exception cref="OptionsValidationException">A key is unknown, or its value is not of its type.</exception>
    public static void Bind(IConfiguration configuration, string optionsName, KerberosClientOptions options)
    {
        var problems = new List<string>();
        foreach (var entry in configuration.GetChildren())
        {
            if (Set(entry, options) is { } problem) problems.Add(problem);
        }

        if (problems.Count > 0) throw new OptionsValidationException(optionsName, typeof(KerberosClientOptions), problems);
    }

    private static string? Set(IConfigurationSection entry, KerberosClientOptions options)
    {
        var key = s_keys.FirstOrDefault(k => k.Equals(entry.Key, StringComparison.OrdinalIgnoreCase));
        if (s_inCode.FirstOrDefault(k => k.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)) is { } inCode) return $"{entry.Path} is set in code alone. Next: AddKerberosClient(o => o.{inCode} …).";
        if (key is null) return $"{entry.Path} is no setting. Next: {Advice(entry.Key)}";
        if (key is nameof(options.Kdcs)) return SetList(entry, options.Kdcs);
        if (key is nameof(options.EncryptionTypes)) return SetList(entry, options.EncryptionTypes);
        if (entry.Value is not { } value) return entry.GetChildren().Any() ? $"{entry.Path} is one value, not a list or section. Next: write it as a text." : null;
        return SetValue(key, value, options) ? null : $"{entry.Path} is \"{value}\". Next: {Form(key)}.";
    }

    private static bool SetValue(string key, string value, KerberosClientOptions options)
    {
        switch (key)
        {
            case nameof(options.Principal): options.Principal = value; return true;
            case nameof(options.Keytab): options.Keytab = value; return true;
            case nameof(options.CredentialCache): options.CredentialCache = value; return true;
            case nameof(options.ArmorCredentialCache): options.ArmorCredentialCache = value; return true;
            case nameof(options.Realm): options.Realm = value; return true;
            case nameof(options.Krb5Config): options.Krb5Config = value; return true;
            case nameof(options.ServicePrincipal): options.ServicePrincipal = value; return true;
            case nameof(options.UseDefaultCredentials): return SetTruth(value, t => options.UseDefaultCredentials = t);
            case nameof(options.TokenFormat): return SetFormat(value, options);
            case nameof(options.RequireMutualAuthentication): return SetTruth(value, t => options.RequireMutualAuthentication = t);
            case nameof(options.RequireServerBoundSessions): return SetTruth(value, t => options.RequireServerBoundSessions = t);
            case nameof(options.EstablishFirst): return SetTruth(value, t => options.EstablishFirst = t);
            case nameof(options.MaxHeaderTokenBytes):
                var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                if (isNumber) options.MaxHeaderTokenBytes = number;
                return isNumber;
            default:
                var isTime = TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var time);
                if (isTime) options.KdcTimeout = time;
                return isTime;
        }
    }

    private static bool SetTruth(string value, Action<bool> set)
    {
        if (!bool.TryParse(value, out var truth)) return false;
        set(truth);
        return true;
    }

    /// <summary>By name alone: numbers, and lists of names, are none.</summary>
    private static bool SetFormat(string value, KerberosClientOptions options)
    {
        foreach (var format in Enum.GetValues<KerberosTokenFormat>())
        {
            if (!value.Equals(format.ToString(), StringComparison.OrdinalIgnoreCase)) continue;
            options.TokenFormat = format;
            return true;
        }

        return false;
    }

    private static string Form(string key) => key switch
    {
        nameof(KerberosClientOptions.TokenFormat) => "ApReq, Gss or Spnego",
        nameof(KerberosClientOptions.UseDefaultCredentials) or nameof(KerberosClientOptions.RequireMutualAuthentication) or nameof(KerberosClientOptions.RequireServerBoundSessions)
            or nameof(KerberosClientOptions.EstablishFirst) => "true or false",
        nameof(KerberosClientOptions.MaxHeaderTokenBytes) => "a number, 1024 to 24000",
        _ => "a time, 00:00:01 to 00:02:00",
    };

    private static string? SetList(IConfigurationSection entry, IList<string> list)
    {
        if (!string.IsNullOrEmpty(entry.Value)) return $"{entry.Path} is a list. Next: write it as [ \"{entry.Value}\" ].";
        foreach (var item in entry.GetChildren())
        {
            if (item.Value is not { } value) return $"{item.Path} is no text. Next: write a list of texts.";
            list.Add(value);
        }

        return null;
    }

    private static string Advice(string key)
    {
        var nearest = s_keys.MinBy(k => Distance(k, key))!;
        return Distance(nearest, key) <= 3 ? $"did you mean {nearest}?" : $"take it out; the settings are {string.Join(", ", s_keys)}.";
    }

    /// <summary>How many letters to change, add or take out (Levenshtein), case ignored.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
