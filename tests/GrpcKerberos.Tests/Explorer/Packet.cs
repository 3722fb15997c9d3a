using GrpcKerberos.Wire;

namespace GrpcKerberos.Tests.Explorer;

/// <summary>One request as it goes over the wire, open to everybody.</summary>
/// <param name="Id">Its place among all.</param>
/// <param name="Unit">What it is an attempt of; null: Establish, or not the client's.</param>
/// <param name="Header">The authorization header.</param>
/// <param name="Method">The path.</param>
/// <param name="Body">The token of an Establish.</param>
/// <param name="Link">What it was sent over.</param>
/// <param name="SentAt">The true time.</param>
/// <param name="Client">Whose it is.</param>
internal sealed record Packet(int Id, Unit? Unit, string Header, string Method, ReadOnlyMemory<byte> Body, Link Link, TimeSpan SentAt, string Client)
{
    /// <summary>The inner call it was sent for; null for what is not the client's.</summary>
    public WireCall? Source { get; init; }

    public AuthorizationValue Value => AuthorizationValue.TryParse(Header, out var value, out var problem) ? value : throw new InvalidOperationException(problem);

    public ReadOnlyMemory<byte> Token => Body.IsEmpty ? Value.Token : Body;

    public override string ToString() => $"#{Id} of call {Unit?.Call.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {Method} over {Link}{(Token.IsEmpty ? "" : " with token")}";
}
