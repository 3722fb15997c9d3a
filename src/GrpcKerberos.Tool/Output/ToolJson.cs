using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using GrpcKerberos.Tool.Decode;
using GrpcKerberos.Tool.Doctor;
using GrpcKerberos.Tool.Klist;

namespace GrpcKerberos.Tool.Output;

/// <summary>What <c>--json</c> prints: one object, whose <c>schema</c> says what it is. README.md has the shapes.</summary>
[JsonSerializable(typeof(CacheListing))]
[JsonSerializable(typeof(KeytabListing))]
[JsonSerializable(typeof(Failure))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(DecodedToken))]
internal sealed partial class ToolJson : JsonSerializerContext
{
    public static ToolJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        // Names are to be read as they are; what goes into HTML is not made here.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    });
}
