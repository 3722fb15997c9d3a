using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using GrpcKerberos.Client;
using GrpcKerberos.Protocol.ApExchange.Accept;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GrpcKerberos.Tests.Client;

/// <summary>What an operator reads, and what nobody may.</summary>
public partial class ClientLogTests
{
    [Fact]
    public async Task Skew_Corrected_IsLoggedAsResentAndAsOffset()
    {
        var log = new Recorder();
        await using var scene = await ClientScene.StartAsync(serverClock: new ShiftedTime(TimeSpan.FromMinutes(10)), logger: log);
        await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        Assert.Equal(
            ["205 Debug HTTP/localhost@TEST.LOCAL /greeter.v1.Greeter/SayHello: sent again after ClockSkew", "204 Warning +N s from HTTP/localhost@TEST.LOCAL"],
            log.Lines.Where(static l => !l.StartsWith("208", StringComparison.Ordinal)).Select(static l => Number().Replace(l, "+N s")));
    }

    [Fact]
    public async Task Refusal_AndImpostor_AreLoggedByTheirError()
    {
        var log = new Recorder();
        await using var scene = await ClientScene.StartAsync(logger: log);
        scene.Tickets.Change = static t => t.SealingKey = Protocol.Crypto.LongTermKey.Generate(t.EncryptionType);
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        scene.Server.Script = static (_, run) => run();
        await Calls.FailAsync(scene.Invoker, Shape.Unary);
        Assert.Equal(
            ["206 Warning HTTP/localhost@TEST.LOCAL /greeter.v1.Greeter/SayHello: TicketRefused", "207 Error HTTP/localhost@TEST.LOCAL /greeter.v1.Greeter/SayHello: ServerNotProven"],
            log.Lines);
    }

    [Theory]
    [InlineData(nameof(Portability.Always), "portable")]
    [InlineData(nameof(Portability.Never), "server-bound")]
    public async Task Session_ManyCalls_IsToldOnceByItsKind(string portability, string kind)
    {
        var log = new Recorder();
        await using var scene = await ClientScene.StartAsync(tls: false, logger: log, portability: Enum.Parse<Portability>(portability));
        for (var i = 0; i < 3; i++) await Calls.MakeAsync(scene.Invoker, Shape.Unary);
        Assert.Single(log.Lines, $"208 Debug HTTP/localhost@TEST.LOCAL: {kind} session proved, later calls are its MIC alone");
    }

    [Fact]
    public async Task Sessions_LostTwice_AreWarnedOfOnce()
    {
        var log = new Recorder();
        await using var scene = await ClientScene.StartAsync(tls: false, logger: log, portability: Portability.Never);
        for (var i = 0; i < 5; i++)
        {
            await Calls.MakeAsync(scene.Invoker, Shape.Unary);
            if (i == 1) Assert.DoesNotContain(log.Lines, static l => l.StartsWith("209", StringComparison.Ordinal));
            scene.Server.Restart();
        }

        var line = Assert.Single(log.Lines, static l => l.StartsWith("209", StringComparison.Ordinal));
        Assert.StartsWith("209 Warning HTTP/localhost@TEST.LOCAL: two server-bound sessions were not known where calls came again", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutualOff_ManyCalls_IsWarnedOfOnce()
    {
        var log = new Recorder();
        await using var scene = await ClientScene.StartAsync(settings: new ClientSettings { RequireMutualAuthentication = false }, logger: log);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Calls.MakeAsync(scene.Invoker, Shape.Unary)));
        var line = Assert.Single(log.Lines, static l => l.StartsWith("210", StringComparison.Ordinal));
        Assert.StartsWith("210 Warning HTTP/localhost@TEST.LOCAL: mutual authentication is off", line, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\+\d+\.\d{3} s")]
    private static partial Regex Number();

    private sealed class Recorder : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{eventId.Id} {logLevel} {formatter(state, exception)}");
    }
}
