namespace GrpcKerberos.Client;

/// <summary>What becomes of an answer without proof.</summary>
internal readonly record struct Verdict(Resend? Again, Exception? Failure)
{
    /// <summary>The application gets it: mutual authentication was not wanted, and no proof came.</summary>
    public static Verdict Pass => default;

    public static Verdict SendAgain(Resend resend) => new(resend, null);

    public static Verdict Fail(Exception failure) => new(null, failure);
}
