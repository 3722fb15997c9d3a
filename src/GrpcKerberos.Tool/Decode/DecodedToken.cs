using System.Text.Json.Serialization;

namespace GrpcKerberos.Tool.Decode;

/// <summary>A token, step by step from the outside in.</summary>
/// <param name="Steps">In the order of the reading.</param>
/// <param name="IsRead">Whether it could be read, and opened where a keytab was given.</param>
internal sealed record DecodedToken(IReadOnlyList<DecodedStep> Steps, bool IsRead)
{
    [JsonPropertyOrder(-1)]
    public string Schema { get; } = "token/1";
}
