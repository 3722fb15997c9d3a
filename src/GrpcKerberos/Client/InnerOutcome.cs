namespace GrpcKerberos.Client;

/// <summary>What a part of a call came to, as a value.</summary>
internal static class InnerOutcome
{
    public static async Task<(T? Result, Exception? Error)> Of<T>(Task<T> task)
    {
        try
        {
            return (await task.ConfigureAwait(false), null);
        }
#pragma warning disable CA1031 // whatever gRPC raises is judged, and raised again
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (default, e);
        }
    }
}
