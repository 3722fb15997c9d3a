using System.Globalization;
using GrpcKerberos.Protocol.Crypto;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Sessions;
using GrpcKerberos.Shared;

namespace GrpcKerberos.Protocol.Tests.ApExchange;

/// <summary>A file of Vectors/session: lines <c>name = value</c>, octets in hex, <c>-</c> for none; Vectors/session/README.md names them.</summary>
internal sealed class SessionVectors(IReadOnlyList<(string Name, string Value)> lines)
{
    private readonly Dictionary<string, string> _values = lines.ToDictionary(static l => l.Name, static l => l.Value);

    public IReadOnlyList<(string Name, string Value)> Lines { get; } = lines;

    public string this[string name] => _values[name];

    public EncryptionType Type => (EncryptionType)Number("enctype");

    public static string PathOf(string file) => Repository.PathOf($"tests/GrpcKerberos.Protocol.Tests/Vectors/session/{file}.txt");

    public static SessionVectors Read(string file) => new([.. File.ReadLines(PathOf(file))
        .Where(static l => !l.StartsWith('#') && l.Contains(" = ", StringComparison.Ordinal))
        .Select(static l => (l[..l.IndexOf(' ')], l[(l.IndexOf('=') + 2)..]))]);

    /// <summary>The same, one value changed.</summary>
    public SessionVectors With(string name, string value) => new([.. Lines.Select(l => l.Name == name ? (name, value) : l)]);

    public byte[] Octets(string name) => this[name] == "-" ? [] : Convert.FromHexString(this[name]);

    public long Number(string name) => long.Parse(this[name], CultureInfo.InvariantCulture);

    public KerberosPrincipal Principal(string name) => KerberosPrincipal.Parse(this[name]);

    public KerberosTime Seconds(string name) => KerberosTime.FromMicroseconds(Number(name) * 1_000_000);

    public KerberosTime Time(string name) => KerberosTime.FromMicroseconds(Number(name));

    public Subkey Subkey(string name) => new(Type, Octets(name));

    public SessionId Id(string name) => SessionId.TryRead(Octets(name), out var id) ? id : throw new FormatException($"{name} is no session id.");

    /// <summary>What a call of the file says of itself.</summary>
    public CallProof Proof(string call) => new(Id(call == "bound" ? "bound-id" : "id"), Time(call + "-t"), new Mic(Octets(call + "-mic")));
}
