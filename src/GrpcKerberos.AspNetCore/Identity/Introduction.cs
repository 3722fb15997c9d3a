namespace GrpcKerberos.AspNetCore.Identity;

/// <summary>What the application says of a caller that begins a session: what to keep with it, or why it may not.</summary>
/// <param name="Established">The caller with its claims.</param>
/// <param name="RefusedBecause">For the log; null where it is welcome.</param>
internal readonly record struct Introduction(EstablishedCaller Established, string? RefusedBecause);
