using GrpcKerberos.Tool.Output;

namespace GrpcKerberos.Tool.Decode;

/// <summary>A token for people: a line a step.</summary>
internal static class DecodeText
{
    private const int NameWidth = 13;
    private const string Gap = "  ";

    public static void Show(Screen screen, DecodedToken token)
    {
        foreach (var step in token.Steps)
        {
            screen.Line((step.Step.PadRight(NameWidth), Tone.Strong), ($"{Gap}{step.Text}", step.IsFault ? Tone.Bad : Tone.Plain));
            screen.Next(step.Next, NameWidth + Gap.Length);
        }
    }
}
