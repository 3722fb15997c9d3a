using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GrpcKerberos.Protocol;

namespace GrpcKerberos.Tool.Output;

/// <summary>Prints what a verb found, for people or for programs.</summary>
internal sealed class Printer(ToolHost host, bool json)
{
    public void Print<T>(T found, JsonTypeInfo<T> shape, Action<Screen, T> show)
    {
        if (json) host.Output.WriteLine(JsonSerializer.Serialize(found, shape));
        else show(new Screen(host), found);
    }

    public int Fail(KerberosException e)
    {
        Print(Failure.Of(e), ToolJson.Readable.Failure, Show);
        return ExitCode.Failed;
    }

    private static void Show(Screen screen, Failure failure)
    {
        screen.Line((failure.Text, Tone.Bad));
        screen.Next(failure.Next);
    }
}
