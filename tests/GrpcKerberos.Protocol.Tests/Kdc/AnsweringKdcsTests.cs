using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Protocol.Kdc;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Kdc;

public sealed class AnsweringKdcsTests
{
    private static readonly KdcAddress[] s_kdcs = [new("dc1.test.local"), new("dc2.test.local"), new("dc3.test.local")];

    private readonly AnsweringKdcs _answering = new();

    [Fact]
    public void Order_TheOneThatAnsweredLast_ComesFirstInItsRealm()
    {
        Assert.Equal(s_kdcs, _answering.Order("TEST.LOCAL", s_kdcs));

        _answering.Answered("TEST.LOCAL", s_kdcs[1]);

        Assert.Equal([s_kdcs[1], s_kdcs[0], s_kdcs[2]], _answering.Order("TEST.LOCAL", s_kdcs));
        Assert.Equal(s_kdcs, _answering.Order("OTHER.LOCAL", s_kdcs));
    }

    [Fact]
    public void Order_TheOneThatAnsweredLastIsNoneAnyMore_IsAsItWas()
    {
        _answering.Answered("TEST.LOCAL", new KdcAddress("dc4.test.local"));

        Assert.Equal(s_kdcs, _answering.Order("TEST.LOCAL", s_kdcs));
    }

    [Fact]
    public void Answered_MoreRealmsThanAreKept_ForgetsOthersAndKnowsTheNewest()
    {
        for (var i = 0; i < 10 * AnsweringKdcs.MostRealms; i++)
        {
            _answering.Answered($"R{i}.LOCAL", s_kdcs[2]);
            Assert.InRange(_answering.Count, 1, AnsweringKdcs.MostRealms);
            Assert.Equal(s_kdcs[2], _answering.Order($"R{i}.LOCAL", s_kdcs)[0]);
        }
    }

    [Fact]
    public void Answered_ARealmThatIsKnown_ForgetsNoneThoughAllPlacesAreTaken()
    {
        for (var i = 0; i < AnsweringKdcs.MostRealms; i++) _answering.Answered($"R{i}.LOCAL", s_kdcs[2]);

        _answering.Answered("R0.LOCAL", s_kdcs[1]);

        Assert.Equal(AnsweringKdcs.MostRealms, _answering.Count);
    }
}
