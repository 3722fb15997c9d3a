using System.Net;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Sessions;

namespace GrpcKerberos.Protocol.ApExchange.Accept;

/// <summary>A call that carries a token, as the server sees it.</summary>
/// <param name="Token">The KRB_AP_REQ.</param>
/// <param name="Proof">The call's session, time and MIC, where they came with the token.</param>
/// <param name="Method">The path called, <c>/package.Service/Method</c>.</param>
internal sealed record IncomingCall(ReadOnlyMemory<byte> Token, CallProof? Proof, string Method)
{
    public IPAddress? RemoteAddress { get; init; }

    public Connection Connection { get; init; } = Connection.Portable;

    /// <summary>A call of Establish: it runs nothing, so a token may establish by it what must not run a call.</summary>
    public bool IsEstablish { get; init; }

    /// <summary>What the token came wrapped in.</summary>
    public TokenFraming Framing { get; init; }

    public override string ToString() => $"{Method}, token of {Token.Length} octets";
}
