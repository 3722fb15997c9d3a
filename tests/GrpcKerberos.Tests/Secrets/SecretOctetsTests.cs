using System.Buffers.Text;
using System.Text;
using Xunit;

namespace GrpcKerberos.Tests.Secrets;

/// <summary>The search itself, on leaks that were put there.</summary>
public sealed class SecretOctetsTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(static i => (byte)(17 + (i * 73)))];

    public static TheoryData<string> Leaks => new(
        Convert.ToHexString(s_key),
        Convert.ToHexStringLower(s_key),
        BitConverter.ToString(s_key),
        string.Join(' ', s_key.Select(static b => $"{b:x2}")),
        string.Join(", ", s_key.Select(static b => $"0x{b:X2}")),
        string.Join(':', s_key.Select(static b => $"{b:x2}")),
        string.Join(", ", s_key),
        Convert.ToBase64String(s_key),
        Base64Url.EncodeToString(s_key),
        Encoding.Latin1.GetString(s_key),
        "x" + Convert.ToBase64String(s_key[5..14]),
        $"9{Convert.ToHexString(s_key[20..28])}z");

    [Theory, MemberData(nameof(Leaks))]
    public void Find_EightOctetsInAnyForm_SeesThem(string leak)
    {
        var secrets = new SecretOctets();
        secrets.Add("the key", s_key);

        Assert.Equal("the key", secrets.Find($"Something of kvno 3 {leak} happened at 20:04."));
        Assert.Null(secrets.Find("Something of kvno 3 happened at 20:04, to HTTP/orders.test@TEST.LOCAL, 0123456789abcdef0123456789abcdef."));
    }

    [Fact]
    public void Find_NamesInAMessage_AreNoSecret()
    {
        var secrets = new SecretOctets();
        secrets.AddMessage("the token", [.. s_key, .. "HTTP/orders.test"u8, .. s_key]);

        Assert.Null(secrets.Find("HTTP/orders.test@TEST.LOCAL"));
        Assert.Equal("the token", secrets.Find(Convert.ToHexString(s_key)));
    }
}
