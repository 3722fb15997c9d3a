using System.Diagnostics.CodeAnalysis;

namespace GrpcKerberos.Protocol.ApExchange;

/// <summary>What a step of an exchange comes to: the next state, or why there is none.</summary>
internal readonly struct Step<T>
    where T : class
{
    private readonly T? _state;
    private readonly ApRefusal? _refusal;

    private Step(T? state, ApRefusal? refusal)
    {
        _state = state;
        _refusal = refusal;
    }

    public static implicit operator Step<T>(T state) => new(state, null);

    public static implicit operator Step<T>(ApRefusal refusal) => new(null, refusal);

    /// <summary>True with the state, false with the refusal: <c>if (!step.Passed(out var next, out var refusal)) return refusal;</c></summary>
    public bool Passed([NotNullWhen(true)] out T? state, [NotNullWhen(false)] out ApRefusal? refusal)
    {
        state = _state;
        // default(Step<T>) holds neither and must not pass for either.
        refusal = _state is null ? _refusal ?? throw new InvalidOperationException("A step came to nothing.") : null;
        return _state is not null;
    }
}
