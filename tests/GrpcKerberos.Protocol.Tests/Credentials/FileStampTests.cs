using GrpcKerberos.Protocol.Credentials;
using Xunit;

namespace GrpcKerberos.Protocol.Tests.Credentials;

public sealed class FileStampTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_NothingHappened_IsTheSame(bool asksSystem)
    {
        var path = _directory.Write("a", "one");

        Assert.Equal(Stamp(path, asksSystem), Stamp(path, asksSystem));
        Assert.NotEqual(default, Stamp(path, asksSystem));
        Assert.Equal(3, Stamp(path, asksSystem).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_OtherLengthOrTime_Differs(bool asksSystem)
    {
        var path = _directory.Write("a", "one");
        var before = Stamp(path, asksSystem);

        File.WriteAllText(path, "three");
        var longer = Stamp(path, asksSystem);
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));
        var later = Stamp(path, asksSystem);

        Assert.Equal(3, new[] { before, longer, later }.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_TurnedLink_Differs(bool asksSystem)
    {
        _directory.Write("a", "one");
        _directory.Write("b", "three");
        var link = _directory.PathOf("link");
        File.CreateSymbolicLink(link, "a");
        var before = Stamp(link, asksSystem);
        Assert.Equal(Stamp(_directory.PathOf("a"), asksSystem), before);

        File.Delete(link);
        File.CreateSymbolicLink(link, "b");

        Assert.Equal(Stamp(_directory.PathOf("b"), asksSystem), Stamp(link, asksSystem));
        Assert.NotEqual(before, Stamp(link, asksSystem));
    }

    [Fact]
    public void Of_OtherFileOfSameLengthAndTime_Differs()
    {
        if (!OperatingSystem.IsLinux()) return;
        var (path, other) = (_directory.Write("a", "one"), _directory.Write("b", "two"));
        foreach (var file in new[] { path, other }) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddYears(50));
        var before = FileStamp.Of(path);

        File.Move(other, path, overwrite: true);

        Assert.Equal((before.Length, before.Written), (FileStamp.Of(path).Length, FileStamp.Of(path).Written));
        Assert.NotEqual(before, FileStamp.Of(path));
    }

    [Fact]
    public void Of_Written_IsTheTimeDotNetTells()
    {
        if (!OperatingSystem.IsLinux()) return;
        var path = _directory.Write("a", "one");

        Assert.Equal((File.GetLastWriteTimeUtc(path) - DateTime.UnixEpoch).Ticks, FileStamp.Of(path).Written / 100);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_NoFile_IsTheDefault(bool asksSystem)
    {
        Assert.Equal(default, Stamp(_directory.PathOf("none"), asksSystem));
        Assert.Equal(default, Stamp(_directory.PathOf("none/deeper"), asksSystem));
    }

    /// <summary>By the system's own call, or as where there is none.</summary>
    private static FileStamp Stamp(string path, bool asksSystem) => asksSystem ? FileStamp.Of(path) : FileStamp.OfInfo(path);
}
