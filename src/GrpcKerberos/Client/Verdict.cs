namespace GrpcKerberos.Client;

/// <summary>What becomes of an answer without proof.</summary>
internal readonly record struct Verdict(bool IsSentAgain, Exception? Failure)
{
    /// <summary>The application gets it: mutual authentication was not wanted, and no proof came.</summary>
    public static Verdict Pass => default;

    public static Verdict SendAgain => new(true, null);

    public static Verdict Fail(Exception failure) => new(false, failure);
}
