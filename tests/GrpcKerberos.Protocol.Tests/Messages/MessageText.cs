using System.Collections;
using System.Globalization;
using System.Reflection;
using GrpcKerberos.Protocol.Messages;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>Every field of a message as text, octets included, so that two messages can be compared by content.</summary>
internal static class MessageText
{
    private const BindingFlags Properties = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static string Of(object? value) => value switch
    {
        null => "-",
        string text => $"\"{text}\"",
        ReadOnlyMemory<byte> octets => Convert.ToHexString(octets.Span),
        KerberosTime time => time.MicrosecondsSinceEpoch.ToString(CultureInfo.InvariantCulture),
        Enum number => number.ToString("D"),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value.GetType().Name}{{{string.Join(", ", Fields(value))}}}",
    };

    private static IEnumerable<string> Fields(object message) => message.GetType().GetProperties(Properties)
        .Where(p => p.Name != "EqualityContract")
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => $"{p.Name}={Of(p.GetValue(message))}");
}
