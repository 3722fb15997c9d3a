using System.Globalization;

namespace GrpcKerberos.Interop.Tests.Peers;

/// <summary>Lines "name = value": bytes in hex, numbers in decimal, names as text. Lines of any other form are passed over.</summary>
public sealed class PeerLines
{
    private readonly Dictionary<string, string> _values = [];

    public static PeerLines Parse(string text)
    {
        var lines = new PeerLines();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            lines.Add(line);
        return lines;
    }

    public string this[string name] => _values.TryGetValue(name, out var value)
        ? value
        : throw new ForeignProcessException(
            $"The peer printed no \"{name}\", only: {string.Join(", ", _values.Keys)}. {_values.GetValueOrDefault("error")}");

    public bool Has(string name) => _values.ContainsKey(name);

    public byte[] Bytes(string name) => Convert.FromHexString(this[name]);

    public long Number(string name) => long.Parse(this[name], CultureInfo.InvariantCulture);

    private void Add(string line)
    {
        var parts = line.TrimEnd('\r').Split(" = ", 2);
        if (parts.Length == 2)
            _values[parts[0].Trim()] = parts[1];
    }
}
