namespace GrpcKerberos.AspNetCore.Calls;

/// <summary>Whose doing it is that a call will not run, by which the log tells of it.</summary>
internal enum RefusalKind
{
    /// <summary>The caller's.</summary>
    Refused,

    /// <summary>Nobody's: a step of the protocol, or a caller that does not know it.</summary>
    Ordinary,

    /// <summary>The service's own: its store is away.</summary>
    Outage,

    /// <summary>The application's: an event failed, whose name is the step.</summary>
    FailedEvent,
}
