namespace GrpcKerberos.AspNetCore;

/// <summary>The application's say: set the delegates, or derive and set <c>EventsType</c>.</summary>
public class KerberosEvents
{
    /// <summary>A caller has proved itself and its call may run: add claims, or refuse it.</summary>
    public Func<KerberosSessionEstablishedContext, Task> OnSessionEstablished { get; set; } = static _ => Task.CompletedTask;

    /// <summary>A proof was refused.</summary>
    public Func<KerberosAuthenticationFailedContext, Task> OnAuthenticationFailed { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Calls <see cref="OnSessionEstablished"/>.</summary>
    public virtual Task SessionEstablished(KerberosSessionEstablishedContext context) => OnSessionEstablished(context);

    /// <summary>Calls <see cref="OnAuthenticationFailed"/>.</summary>
    public virtual Task AuthenticationFailed(KerberosAuthenticationFailedContext context) => OnAuthenticationFailed(context);
}
