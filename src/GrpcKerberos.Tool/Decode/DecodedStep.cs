namespace GrpcKerberos.Tool.Decode;

/// <summary>One thing a token says, or where its reading ends.</summary>
/// <param name="Step">What of it, in a word.</param>
/// <param name="Text">What it says; never a key, a MIC or a session's id.</param>
/// <param name="IsFault">Whether something is wrong there.</param>
/// <param name="Next">What to do about it; null where nothing is known, or needed.</param>
internal sealed record DecodedStep(string Step, string Text, bool IsFault = false, string? Next = null);
