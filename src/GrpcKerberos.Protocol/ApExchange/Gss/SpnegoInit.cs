namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>What an initiator proposes, where it is Kerberos and comes with its token.</summary>
/// <param name="Preferred">The mechanism it puts first, by which the answer must name it.</param>
/// <param name="MechToken">That mechanism's first token: a frame of RFC 4121.</param>
internal readonly record struct SpnegoInit(Mechanism Preferred, ReadOnlyMemory<byte> MechToken)
{
    public override string ToString() => $"{Preferred}, token of {MechToken.Length} octets";
}
