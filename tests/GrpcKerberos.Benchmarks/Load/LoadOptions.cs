using System.Globalization;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>What <c>load</c> was asked for.</summary>
/// <param name="Seconds">The length of one measurement.</param>
/// <param name="Rounds">How often each variant is measured.</param>
/// <param name="Concurrency">Calls in flight at any time.</param>
/// <param name="WarmUp">Seconds each variant runs unmeasured, and again until it made enough calls.</param>
internal sealed record LoadOptions(int Seconds = 5, int Rounds = 5, int Concurrency = 64, int WarmUp = 3)
{
    public const string Usage = "load [--seconds 1-60] [--rounds 1-100] [--concurrency 1-1000] [--warmup 1-60]";

    /// <exception cref="FormatException">An argument is unknown or out of range; the message is the usage.</exception>
    public static LoadOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new LoadOptions();
        for (; !arguments.IsEmpty; arguments = arguments[2..])
        {
            var value = arguments.Length > 1 ? arguments[1] : "";
            options = arguments[0] switch
            {
                "--seconds" => options with { Seconds = Number(value, 60) },
                "--rounds" => options with { Rounds = Number(value, 100) },
                "--concurrency" => options with { Concurrency = Number(value, 1000) },
                "--warmup" => options with { WarmUp = Number(value, 60) },
                _ => throw new FormatException(Usage),
            };
        }

        return options;
    }

    private static int Number(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number : throw new FormatException(Usage);
}
