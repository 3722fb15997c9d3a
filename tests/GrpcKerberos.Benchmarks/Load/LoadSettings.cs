using System.Text.Json;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>What a server or client process is told in the first line of its stdin: keys and tokens do not belong on a command line.</summary>
internal sealed record LoadSettings(LoadVariant Variant)
{
    public int Concurrency { get; init; }

    /// <summary>The service's keytab for a server, the user's for a client.</summary>
    public string Keytab { get; init; } = "";

    public string Krb5Config { get; init; } = "";

    /// <summary>The HS256 key of a server.</summary>
    public byte[] SigningKey { get; init; } = [];

    /// <summary>The bearer token of a client.</summary>
    public string BearerToken { get; init; } = "";

    /// <summary>The server's <c>http://localhost:port</c>, for a client.</summary>
    public string Address { get; init; } = "";

    public static LoadSettings Read(TextReader input) => JsonSerializer.Deserialize<LoadSettings>(input.ReadLine() ?? "null")
        ?? throw new FormatException("The settings were expected as one line of JSON. Next: start it by the load verb.");

    public string ToLine() => JsonSerializer.Serialize(this);

    public override string ToString() => Variant.ToString();
}
