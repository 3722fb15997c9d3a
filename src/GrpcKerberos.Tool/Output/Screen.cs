using GrpcKerberos.AspNetCore.Diagnostics;
using Spectre.Console;

namespace GrpcKerberos.Tool.Output;

/// <summary>Lines for people. Colour on a terminal alone; a line is never broken, since what reads a pipe or a window knows its width better.</summary>
internal sealed class Screen
{
    private const int Endless = 1 << 20;
    private const string Gap = "  ";

    private readonly IAnsiConsole _console;

    public Screen(ToolHost host)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = host.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = host.IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(host.Output),
        });
        _console.Profile.Width = Endless;
    }

    public void Line(string text = "", Tone tone = Tone.Plain) => Line((text, tone));

    public void Line(params ReadOnlySpan<(string Text, Tone Tone)> parts)
    {
        var line = new Paragraph { Overflow = Overflow.Ellipsis };
        foreach (var (text, tone) in parts) line.Append(Fit(text), StyleOf(tone));
        _console.Write(line);
        _console.WriteLine();
    }

    /// <summary>What is to be done, under what is wrong; nothing where nothing is known.</summary>
    /// <param name="next">Without its <c>Next:</c>.</param>
    /// <param name="indent">Columns to leave free.</param>
    public void Next(string? next, int indent = 0)
    {
        if (next is not null) Line((new string(' ', indent), Tone.Plain), ("Next: ", Tone.Strong), (next, Tone.Plain));
    }

    /// <summary>Columns as wide as what is in them; the last one is never padded.</summary>
    public void Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = heads.Select((head, i) => rows.Select(r => Fit(r[i]).Length).Append(head.Length).Max()).ToList();
        Line(Row(heads, widths), Tone.Strong);
        foreach (var row in rows) Line(Row(row, widths));
    }

    private static string Row(IReadOnlyList<string> cells, List<int> widths) =>
        string.Join(Gap, cells.Select((cell, i) => Fit(cell).PadRight(widths[i]))).TrimEnd();

    /// <summary>Names come from files and peers: none may move the cursor or turn the text around it.</summary>
    private static string Fit(string text) => LogText.Of(text, int.MaxValue);

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Good => new Style(Color.Green),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Faint => new Style(decoration: Decoration.Dim),
        Tone.Strong => new Style(decoration: Decoration.Bold),
        _ => Style.Plain,
    };
}
