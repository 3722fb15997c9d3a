using System.Globalization;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Protocol.Tests.Credentials;

/// <summary>One line of <c>klist -keK</c>: <c>   1 a/b@R (aes256-cts-hmac-sha1-96)  (0x…)</c>.</summary>
internal sealed record KlistLine(uint Version, string Principal, EncryptionType Type, string Key)
{
    private const EncryptionType Des3 = (EncryptionType)16;

    public static KlistLine Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var type = words[2].Trim('(', ')').Replace("DEPRECATED:", "", StringComparison.Ordinal);
        return new KlistLine(
            unchecked((uint)int.Parse(words[0], CultureInfo.InvariantCulture)), // klist prints the highest version as -1
            words[1],
            type == "des3-cbc-sha1" ? Des3 : EncryptionTypeNames.TryParse(type, out var known) ? known : throw new FormatException(type),
            words[3].Trim('(', ')')[2..]);
    }
}
