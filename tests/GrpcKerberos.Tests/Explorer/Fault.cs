namespace GrpcKerberos.Tests.Explorer;

/// <summary>What a double of the replica, or of the client, does wrong: the explorer must find it.</summary>
internal enum Fault
{
    None,

    /// <summary>A number seen runs again.</summary>
    RunsRepeats,

    /// <summary>A call's time is not looked at.</summary>
    IgnoresTime,

    /// <summary>A call below the floor runs without its token.</summary>
    IgnoresFloor,

    /// <summary>Sessions in use are forgotten where the store is full.</summary>
    ForgetsEarly,

    /// <summary>Authenticators from before the start are taken.</summary>
    IgnoresStart,

    /// <summary>The secret behind server-bound sessions outlives the process.</summary>
    KeepsSecret,

    /// <summary>A server-bound session is born with its floor at the authenticator's number.</summary>
    RaisesBoundFloor,

    /// <summary>The client sends a call again under a new number.</summary>
    RenumbersResends,

    /// <summary>The binding to the process is not looked at: K's session is taken on every connection.</summary>
    TakesClearCallsOverTls,
}
