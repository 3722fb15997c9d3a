namespace GrpcKerberos.Protocol.Sessions;

/// <summary>What a session's window says of a call's number.</summary>
internal enum NumberVerdict
{
    /// <summary>Never seen before; it is marked now, and its call may run.</summary>
    Run,

    /// <summary>Its call has run.</summary>
    Repeat,

    /// <summary>Not seen, but its call's time is off by more than the skew.</summary>
    Skew,

    /// <summary>So far below the highest that nobody knows any more whether it was seen.</summary>
    Late,

    /// <summary>Older than this session, or the session was forgotten: only a token can vouch for it.</summary>
    BelowFloor,

    /// <summary>Above <see cref="NumberWindow.MaxNumber"/>.</summary>
    OutOfRange,
}
