namespace GrpcKerberos.AspNetCore;

/// <summary>The application's say: set the delegates, or derive and set <c>EventsType</c>.</summary>
public class KerberosEvents
{
    /// <summary>A caller's token passed every check and begins a session: add claims, or refuse it.</summary>
    /// <remarks>
    /// A token of a stock GSS-API client, by Negotiate or Establish, comes before its first proof: whoever read it on its way may have sent it. Nothing
    /// runs by it alone but this event, so do nothing here that may be done in the caller's name only: calls are where the caller is known to be there.
    /// </remarks>
    public Func<KerberosSessionEstablishedContext, Task> OnSessionEstablished { get; set; } = static _ => Task.CompletedTask;

    /// <summary>A proof was refused.</summary>
    public Func<KerberosAuthenticationFailedContext, Task> OnAuthenticationFailed { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Calls <see cref="OnSessionEstablished"/>.</summary>
    public virtual Task SessionEstablished(KerberosSessionEstablishedContext context) => OnSessionEstablished(context);

    /// <summary>Calls <see cref="OnAuthenticationFailed"/>.</summary>
    public virtual Task AuthenticationFailed(KerberosAuthenticationFailedContext context) => OnAuthenticationFailed(context);
}
