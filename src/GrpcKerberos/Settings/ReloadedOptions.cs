using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.Settings;

/// <summary>
/// What has become of options since the start, whenever their configuration changes: taken in as far as that is safe, and told. What will not do changes
/// nothing.
/// </summary>
/// <param name="section">Where configuration sets them.</param>
/// <param name="table">Its keys.</param>
/// <param name="start">The options the process began with.</param>
/// <param name="read">Makes them anew, of configuration and code.</param>
/// <param name="sources">Names those that say something of the section now; null: the section is looked at as a whole.</param>
/// <param name="began">Those that did before <paramref name="start"/> was read; null: as now.</param>
internal sealed class ReloadedOptions<TOptions>(
    IConfiguration section,
    SettingsTable<TOptions> table,
    TOptions start,
    Func<TOptions> read,
    Func<IReadOnlyCollection<object>>? sources = null,
    IReadOnlyCollection<object>? began = null)
{
    private readonly bool _hadSettings = began is { Count: > 0 } || section.GetChildren().Any();
    private readonly Lock _looking = new();
    private readonly TOptions _start = start;
    private TOptions _seen = start;
    private IReadOnlyCollection<object> _sources = began ?? sources?.Invoke() ?? [];
    private string? _problem;

    /// <summary>Takes what changed and counts at once, by its names.</summary>
    public required Action<TOptions, string> Adopt { get; init; }

    /// <summary>Hears of what changed and counts at the next start, by its names.</summary>
    public required Action<string> Defer { get; init; }

    /// <summary>Hears why nothing changed, once: sources tell of one change several times.</summary>
    public required Action<string> Refuse { get; init; }

    /// <summary>To be called after each change. It does not throw: whoever tells of the change must not suffer for it.</summary>
    public void Look()
    {
        lock (_looking)
        {
            if (TryRead(out var fresh, out var speaking) is { } problem)
            {
                if (problem != _problem) Refuse(problem.TrimEnd('.'));
                _problem = problem;
                return;
            }

            var live = table.Changed(_seen, fresh!, live: true);
            var later = table.Changed(_seen, fresh!, live: false).Intersect(table.Changed(_start, fresh!, live: false)).ToList();
            (_seen, _sources, _problem) = (fresh!, speaking, null);
            if (live.Count > 0) Adopt(fresh!, string.Join(", ", live));
            if (later.Count > 0) Defer(string.Join(", ", later));
        }
    }

    /// <summary>What says nothing any more: a file that is deleted, or damaged, reads as an empty one.</summary>
    /// <remarks>Its settings would fall back to other sources' or to their defaults, and some of those permit more.</remarks>
    private string? Silent(IReadOnlyCollection<object> speaking)
    {
        if (_hadSettings && !section.GetChildren().Any()) return "it is empty. Next: put it back; to go by the defaults start anew";
        return _sources.FirstOrDefault(s => !speaking.Contains(s)) is { } silent
            ? $"{silent} says nothing of it any more. Next: put it back; to go on without it start anew"
            : null;
    }

    private string? TryRead(out TOptions? fresh, out IReadOnlyCollection<object> speaking)
    {
        (fresh, speaking) = (default, []);
        try
        {
            speaking = sources?.Invoke() ?? [];
            if (Silent(speaking) is { } silent) return silent;
            fresh = read();
            // A file may go between that look and the reading.
            return Silent(sources?.Invoke() ?? []);
        }
        catch (OptionsValidationException e)
        {
            return string.Join(' ', e.Failures);
        }
        // What configures the options is the application's too, as sources may be, and may throw anything.
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}
