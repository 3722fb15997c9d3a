using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Decode;

/// <summary>A token for people: a line a step.</summary>
internal static class DecodeText
{
    private const int NameWidth = 13;

    public static void Show(Screen screen, DecodedToken token)
    {
        foreach (var step in token.Steps)
        {
            screen.Line((step.Step.PadRight(NameWidth), Tone.Strong), ($"  {step.Text}", step.IsFault ? Tone.Bad : Tone.Plain));
            if (step.Next is { } next) screen.Line((new string(' ', NameWidth + 2), Tone.Plain), ("Next: ", Tone.Strong), (next, Tone.Plain));
        }
    }
}
