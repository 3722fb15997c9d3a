namespace GrpcKerberos.Protocol.ApExchange.Gss;

/// <summary>What an acceptor answers.</summary>
/// <param name="State">Null where it says none.</param>
/// <param name="Supported">The mechanism it chose; null where it says none.</param>
/// <param name="ResponseToken">That mechanism's answer; empty where there is none.</param>
/// <param name="MechListMic">Its MIC of the proposed list; empty where there is none.</param>
internal readonly record struct SpnegoResponse(SpnegoState? State, Mechanism? Supported, ReadOnlyMemory<byte> ResponseToken, ReadOnlyMemory<byte> MechListMic)
{
    public override string ToString() => $"{State}, {Supported}, token of {ResponseToken.Length} octets";
}
