using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Tests.Architecture;

public class PublicApiTests
{
    [Theory]
    [InlineData("GrpcKerberos")]
    [InlineData("GrpcKerberos.AspNetCore")]
    public void PublicApi_OfAShippedAssembly_IsTheReviewedOne(string assembly) =>
        Assert.Equal("", PublicApiBaseline.Check(assembly, "tests/GrpcKerberos.Tests/PublicApi"));
}
