namespace GrpcKerberos.AspNetCore;

/// <summary>What becomes of a streaming call that outlives its session: its time or its ticket's ended, its key left the keytab, or its principal's sessions were ended.</summary>
public enum ExpiredStreamPolicy
{
    /// <summary>It ends with UNAUTHENTICATED within moments; a handler that does not heed its cancellation token is not waited for longer than 5 seconds.</summary>
    End,

    /// <summary>It goes on; only new calls need a new session.</summary>
    Keep,
}
