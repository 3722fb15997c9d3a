using System.Diagnostics;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>A process that is not ours: never waited for beyond a time-out, and ended with all its children when disposed.</summary>
public sealed class ForeignProcess : IAsyncDisposable
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task<string> _standardError;
    private readonly TimeSpan _timeout;
    private readonly string _command;

    private ForeignProcess(ProcessStartInfo start, TimeSpan timeout)
    {
        _command = string.Join(' ', [Path.GetFileName(start.FileName), .. start.ArgumentList]);
        _timeout = timeout;
        _process = Process.Start(start) ?? throw new ForeignProcessException($"{_command} did not start.");
        _standardError = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts a process to be talked to. <paramref name="timeout"/> bounds each wait, not its whole life.</summary>
    public static ForeignProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? timeout = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new ForeignProcess(start, timeout ?? DefaultTimeout);
    }

    /// <summary>Runs a process to its end with <paramref name="input"/> as its whole stdin.</summary>
    public static async Task<ProcessOutput> RunAsync(
        string file,
        IEnumerable<string> arguments,
        string input = "",
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? timeout = null)
    {
        await using var process = Start(file, arguments, environment, timeout);
        return await process.FinishAsync(input);
    }

    public Task WriteLineAsync(string line) => Within(WriteAsync(line + "\n"), "took no more input");

    /// <summary>The next line of stdout. That it ended instead is an exception with what it said on stderr.</summary>
    public async Task<string> ReadLineAsync()
    {
        var line = await Within(_process.StandardOutput.ReadLineAsync(), "said nothing");
        return line ?? throw new ForeignProcessException($"{_command} ended early. {await Within(_standardError, "did not end")}");
    }

    /// <summary>Reads lines up to the one of this name and gives them all; an "error" line ends the reading too.</summary>
    public async Task<PeerLines> ReadToAsync(string name)
    {
        var text = "";
        while (true)
        {
            var line = await ReadLineAsync();
            text += line + "\n";
            if (line.StartsWith(name + " = ", StringComparison.Ordinal) || line.StartsWith("error = ", StringComparison.Ordinal))
                return PeerLines.Parse(text);
        }
    }

    /// <summary>Writes the last of the input, closes stdin and waits for the end.</summary>
    public async Task<ProcessOutput> FinishAsync(string input = "")
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        await Within(WriteAsync(input, close: true), "took no more input");
        await Within(Task.WhenAll(output, _standardError, _process.WaitForExitAsync()), "did not end");
        return new ProcessOutput(_command, _process.ExitCode, await output, await _standardError);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await Within(_process.WaitForExitAsync(), "could not be ended");
        _process.Dispose();
    }

    private async Task WriteAsync(string text, bool close = false)
    {
        try
        {
            await _process.StandardInput.WriteAsync(text);
            await _process.StandardInput.FlushAsync();
            if (close)
                _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; its exit code and words tell more than a broken pipe.
        }
    }

    private async Task Within(Task work, string complaint)
    {
        try
        {
            await work.WaitAsync(_timeout);
        }
        catch (TimeoutException)
        {
            throw new ForeignProcessException($"{_command} {complaint} for {_timeout.TotalSeconds} s.");
        }
    }

    private async Task<T> Within<T>(Task<T> work, string complaint)
    {
        await Within((Task)work, complaint);
        return await work;
    }
}
