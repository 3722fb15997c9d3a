using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace GrpcKerberos.AspNetCore.Settings;

/// <summary>Each scheme's options as they were first good, for as long as the process runs.</summary>
/// <remarks>
/// The handler asks for them with each call. Out of the application's own monitor a reload that went wrong would fail every call, and one that went well
/// would let
/// the handler go by other options than the acceptor. What may change is <see cref="LiveSettings"/>.
/// </remarks>
internal sealed class SchemeOptions(IOptionsMonitor<KerberosAuthenticationOptions> monitor) : IOptionsMonitor<KerberosAuthenticationOptions>
{
    private readonly ConcurrentDictionary<string, KerberosAuthenticationOptions> _first = new(StringComparer.Ordinal);

    public KerberosAuthenticationOptions CurrentValue => Get(Options.DefaultName);

    /// <exception cref="OptionsValidationException">They are not good.</exception>
    public KerberosAuthenticationOptions Get(string? name) =>
        _first.TryGetValue(name ?? Options.DefaultName, out var options) ? options : _first.GetOrAdd(name ?? Options.DefaultName, monitor.Get);

    /// <summary>They never change.</summary>
    public IDisposable? OnChange(Action<KerberosAuthenticationOptions, string?> listener) => null;
}
