using System.Text;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Messages;

/// <summary>DOMAIN-X500-COMPRESS. The rows marked RFC are the examples of RFC 4120 section 3.3.3.2.</summary>
public sealed class TransitedRealmsTests
{
    [Theory]
    [InlineData("EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.", "EDU MIT.EDU ATHENA.MIT.EDU WASHINGTON.EDU CS.WASHINGTON.EDU")] // RFC
    [InlineData("EDU,MIT.,WASHINGTON.EDU", "EDU MIT.EDU WASHINGTON.EDU")] // RFC
    [InlineData("/COM,/HP,/APOLLO, /COM/DEC", "/COM /COM/HP /COM/HP/APOLLO /COM/DEC")] // RFC
    [InlineData("/COM,/HP", "/COM /COM/HP")] // RFC
    [InlineData("B.TEST", "B.TEST")]
    [InlineData("B.TEST,C.TEST", "B.TEST C.TEST")]
    [InlineData("B.TEST\0", "B.TEST")]
    [InlineData("/COM", "/COM")]
    [InlineData(" /COM", "/COM")]
    [InlineData("EDU, MIT.", "EDU MIT.")]
    [InlineData("EDU,MIT\\.", "EDU MIT.")]
    [InlineData("EDU,\\/HP", "EDU /HP")]
    [InlineData("MIT.", "MIT.")]
    [InlineData("A\\,B,C", "A,B C")]
    [InlineData("A\\\\B", "A\\B")]
    [InlineData("\\ A", " A")]
    public void TryDecode_Names_RealmsInOrder(string contents, string realms) => Assert.Equal(realms, Decode(contents, "CLIENT.TEST", "SERVICE.TEST"));

    [Theory]
    [InlineData("ATHENA.MIT.EDU", ",", "CS.WASHINGTON.EDU", "MIT.EDU EDU WASHINGTON.EDU")]
    [InlineData("ATHENA.MIT.EDU", "", "CS.WASHINGTON.EDU", "MIT.EDU EDU WASHINGTON.EDU")]
    [InlineData("A.MIT.EDU", ",EDU, /COM,", "/COM/HP/APOLLO", "MIT.EDU EDU /COM /COM/HP")] // RFC
    [InlineData("A.B.C.TEST", ",TEST", "X.TEST", "B.C.TEST C.TEST TEST")]
    [InlineData("A.TEST", "TEST,", "X.Y.Z.TEST", "TEST Z.TEST Y.Z.TEST")]
    [InlineData("A.TEST", "B.TEST,,Q.B.TEST", "X.TEST", "B.TEST Q.B.TEST")]
    [InlineData("A.TEST", "TEST,,B.C.TEST", "X.TEST", "TEST C.TEST B.C.TEST")]
    [InlineData("/A/B", ",", "/A/C", "/A")]
    [InlineData("A.TEST", ",", "TEST", "")]
    public void TryDecode_NullSubfield_RealmsInBetween(string client, string contents, string service, string realms) => Assert.Equal(realms, Decode(contents, client, service));

    [Theory]
    [InlineData("A.TEST", ",", "B.OTHER")] // no realm above both
    [InlineData("A.TEST", ",", "/B")]
    [InlineData("A.TEST", "B.OTHER,", "C.TEST")]
    [InlineData("A.TEST", "B.TEST\\", "C.TEST")]
    [InlineData("A.TEST", "B\nTEST", "C.TEST")]
    [InlineData("A.TEST", "B\0,C", "C.TEST")]
    [InlineData("A.TEST", "B\u00ff", "C.TEST", true)]
    public void TryDecode_CannotBeTold_False(string client, string contents, string service, bool isLatin1 = false)
    {
        var octets = (isLatin1 ? Encoding.Latin1 : Encoding.UTF8).GetBytes(contents);
        Assert.False(TransitedRealms.TryDecode(octets, client, service, out _));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void TryDecode_SoManyRealms_Bounded(int count, bool isRead) =>
        Assert.Equal(isRead, TransitedRealms.TryDecode(Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Repeat("B.TEST", count))), "A", "C", out _));

    [Fact]
    public void TryDecode_LongerThan4096Octets_False()
    {
        var name = new string('A', 63);
        var octets = Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Repeat(name, 64)) + "A");
        Assert.Equal(4096, octets.Length);
        Assert.True(TransitedRealms.TryDecode(octets, "A", "C", out _));
        Assert.False(TransitedRealms.TryDecode([.. octets, (byte)'A'], "A", "C", out _));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void TryDecode_NameLongerThanADomains_False(int length, bool isRead)
    {
        Assert.Equal(isRead, TransitedRealms.TryDecode(Encoding.ASCII.GetBytes(new string('A', length)), "A", "C", out _));
        Assert.Equal(isRead, TransitedRealms.TryDecode(Encoding.ASCII.GetBytes(new string('A', length - 2) + ",B."), "A", "C", out _));
    }

    /// <summary>Names put before a long one, with all realms in between left out: some 4,000 octets came to more than seven megabytes.</summary>
    [Theory]
    [InlineData("", ",,B.")]
    [InlineData("/", ",,/B")]
    public void TryDecode_NamesThatGrow_CostLittle(string start, string more)
    {
        var contents = Encoding.ASCII.GetBytes(start + new string('A', 3900) + string.Concat(Enumerable.Repeat(more, 30)));
        Assert.InRange(Allocated.Least(() => TransitedRealms.TryDecode(contents, "X.Y.LOCAL", "TEST.LOCAL", out _), times: 3), 0, 200_000);
    }

    /// <summary>A realm on the way names whatever client it likes, and the realms above that one's are written out, each as long as the last.</summary>
    [Fact]
    public void TryDecode_ClientOfALongRealm_CostsLittle()
    {
        var client = string.Concat(Enumerable.Repeat("A.", 30)) + new string('A', 60_000);
        Assert.InRange(Allocated.Least(() => Assert.False(TransitedRealms.TryDecode(","u8, client, "TEST.LOCAL", out _)), times: 3), 0, 200_000);
    }

    [Fact]
    public void TryDecode_RealmsDeeperThanAnyName_False()
    {
        var deep = string.Join('.', Enumerable.Repeat("A", 1000));
        Assert.False(TransitedRealms.TryDecode(","u8, deep, "A", out _));
    }

    private static string Decode(string contents, string client, string service)
    {
        Assert.True(TransitedRealms.TryDecode(Encoding.UTF8.GetBytes(contents), client, service, out var realms));
        return string.Join(' ', realms);
    }
}
