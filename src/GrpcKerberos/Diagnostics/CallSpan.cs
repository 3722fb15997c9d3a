using System.Diagnostics;

namespace GrpcKerberos.Diagnostics;

/// <summary>What the span that gRPC or ASP.NET Core made for a call is told of its proof.</summary>
/// <remarks>Where nobody listens there may be one all the same, and it is left alone.</remarks>
internal static class CallSpan
{
    /// <summary>The span of the attempt that is being made; null where its instrumentation is off: what is current then is the caller's own.</summary>
    public static Activity? OfAttempt => Activity.Current is { Kind: ActivityKind.Client } span ? span : null;

    /// <param name="span">The call's.</param>
    /// <param name="carrier">One of those in <see cref="KerberosMeter"/>.</param>
    /// <param name="error">The name it travels under; null where the proof is good, whatever an earlier scheme said of it.</param>
    public static void Tell(Activity? span, string carrier, string? error)
    {
        if (IsHeard(span)) span!.SetTag(KerberosMeter.Carrier, carrier).SetTag(KerberosMeter.ErrorType, error);
    }

    /// <param name="span">The call's.</param>
    /// <param name="error">The name it travels under.</param>
    public static void Tell(Activity? span, string error)
    {
        if (IsHeard(span)) span!.SetTag(KerberosMeter.ErrorType, error);
    }

    /// <summary>ASP.NET Core makes its spans for the log alone, too: of no source, and those cost an allocation a tag for nobody.</summary>
    private static bool IsHeard(Activity? span) => span is { IsAllDataRequested: true, IsStopped: false } && span.Source.HasListeners();
}
