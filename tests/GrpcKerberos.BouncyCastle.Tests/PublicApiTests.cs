using GrpcKerberos.Shared;

namespace GrpcKerberos.BouncyCastle.Tests;

public class PublicApiTests
{
    [Fact]
    public void PublicApi_OfTheAssembly_IsTheReviewedOne() =>
        Assert.Equal("", PublicApiBaseline.Check("GrpcKerberos.BouncyCastle", "tests/GrpcKerberos.BouncyCastle.Tests/PublicApi"));
}
