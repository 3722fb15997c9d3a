using System.Text.Json.Serialization;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Tool.Output;

/// <summary>A verb that could not do its work.</summary>
/// <param name="Error">The library's cause.</param>
/// <param name="Text">What happened.</param>
/// <param name="Next">What to do.</param>
internal sealed record Failure(string Error, string Text, string? Next)
{
    [JsonPropertyOrder(-1)]
    public string Schema { get; } = "failure/1";

    public static Failure Of(KerberosException e)
    {
        var (text, next) = Advice.Of(e.Message);
        return new Failure(e.Error.ToString(), text, next);
    }
}
