namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>What a call comes to: it may run, it is refused, or, of a call judged by its session alone, its token must be looked at.</summary>
internal readonly struct CallJudgement
{
    private CallJudgement(AcceptedCall? accepted, RefusedCall? refused)
    {
        Accepted = accepted;
        Refused = refused;
    }

    public AcceptedCall? Accepted { get; }

    public RefusedCall? Refused { get; }

    public bool NeedsToken => Accepted is null && Refused is null;

    public static implicit operator CallJudgement(AcceptedCall accepted) => new(accepted, null);

    public static implicit operator CallJudgement(RefusedCall refused) => new(null, refused);
}
