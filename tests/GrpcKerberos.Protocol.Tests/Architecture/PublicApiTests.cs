using GrpcKerberos.Shared;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Architecture;

public class PublicApiTests
{
    [Theory]
    [InlineData("GrpcKerberos.Protocol")]
    [InlineData("GrpcKerberos.Testing")]
    public void PublicApi_OfAShippedAssembly_IsTheReviewedOne(string assembly) =>
        Assert.Equal("", PublicApiBaseline.Check(assembly, "tests/GrpcKerberos.Protocol.Tests/PublicApi"));

    [Fact]
    public void Difference_OfALineMoreAndALineLess_NamesBothWithTheirType()
    {
        string[] reviewed = ["sealed class N.A : B", "    int Gone()", "    int Kept()"];
        string[] actual = ["sealed class N.A : B", "    int Kept()", "    int New()"];

        Assert.Empty(PublicApiBaseline.Difference(reviewed, reviewed));
        Assert.Equal(["+ N.A: int New()", "- N.A: int Gone()"], PublicApiBaseline.Difference(reviewed, actual));
    }

    [Fact]
    public void Lines_OfAType_ShowEverythingACallerCanDependOn()
    {
        string[] expected =
        [
            "abstract class GrpcKerberos.Protocol.Tests.Architecture.PublicApiTests.Sample<T> : IDisposable",
            "    abstract Task<string?> Read(T item, out int count, string? name = null, bool last = false)",
            "    const int Limit = 3",
            "    event EventHandler Changed",
            "    int? Size { get; }",
            "    override string ToString()",
            "    protected new(params string[] names)",
            "    protected virtual void OnChanged(CancellationToken cancellationToken = default)",
            "    required IReadOnlyList<string?> Names { get; init; }",
            "    static IReadOnlyDictionary<string, byte[]> Map<TKey>(ref TKey key)",
            "    void Dispose()",
        ];

        Assert.Equal(expected, PublicApiText.Lines(typeof(Sample<>)));
    }

#pragma warning disable CA1034, CA1063, CA1000, CA1045, CA1715, CS0067 // a sample of shapes, not of taste
    public abstract class Sample<T> : IDisposable
    {
        public const int Limit = 3;

        protected Sample(params string[] names) => Size = names.Length;

        public event EventHandler? Changed;

        public int? Size { get; private set; }

        public required IReadOnlyList<string?> Names { get; init; }

        internal int Hidden { get; set; }

        public static IReadOnlyDictionary<string, byte[]> Map<TKey>(ref TKey key) => throw new NotSupportedException();

        public abstract Task<string?> Read(T item, out int count, string? name = null, bool last = false);

        public void Dispose() => GC.SuppressFinalize(this);

        public override string ToString() => "";

        protected virtual void OnChanged(CancellationToken cancellationToken = default) => Changed?.Invoke(this, EventArgs.Empty);
    }
#pragma warning restore CA1034, CA1063, CA1000, CA1045, CA1715, CS0067
}
