using GrpcKerberos.Protocol.ApExchange.Accept;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>What a row of schedules has in common.</summary>
internal sealed record Setting
{
    public static readonly TimeSpan Skew = AcceptorPolicy.DefaultClockSkew;

    /// <summary>How far each replica's clock is ahead, in skews; one replica each.</summary>
    public double[] Replicas { get; init; } = [0, 0];

    /// <summary>How far the client's clock is ahead, in skews.</summary>
    public double Client { get; init; }

    public Link[] Links { get; init; } = [Link.Tls];

    public int Steps { get; init; } = 250;

    /// <summary>Replays of what was captured, as it was, taken apart and put together.</summary>
    public bool Replays { get; init; }

    /// <summary>Answers swallowed, forged and exchanged.</summary>
    public bool Forges { get; init; }

    public bool Evictions { get; init; }

    public bool Restarts { get; init; }

    public bool StepsBack { get; init; }

    /// <summary>Waits of about the skew while calls are under way.</summary>
    public bool Delays { get; init; }

    public bool StrictStart { get; init; }

    /// <summary>What the replicas allow; a client counts on five minutes.</summary>
    public TimeSpan ServerSkew { get; init; } = Skew;

    public bool RequireServerBound { get; init; }

    public bool EstablishFirst { get; init; }

    /// <summary>gRPC's own retries and hedges, and connections that break.</summary>
    public bool Retries { get; init; }

    /// <summary>A channel keeps to one replica while calls are under way, as a connection does.</summary>
    public bool Sticky { get; init; }

    /// <summary>Channels connect to another replica now and then.</summary>
    public bool Moves { get; init; }

    public Fault Fault { get; init; }

    public bool IsAttacked => Replays || Forges;
}
