using System.Security.Cryptography;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Testing;

namespace GrpcKerberos.Benchmarks.Load;

/// <summary>The load test: every variant once a round, in an order that moves on with the rounds, and a table of them all.</summary>
internal sealed class LoadTest(LoadOptions options)
{
    private const int WarmUpCalls = 20_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            await new LoadTest(LoadOptions.Parse(arguments)).RunAsync(Console.Out);
            return 0;
        }
        catch (Exception e) when (e is FormatException or ForeignProcessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private async Task RunAsync(TextWriter output)
    {
        await using var realm = await TestRealm.StartAsync();
        var user = realm.AddUser("alice");
        var service = realm.AddService("HTTP/localhost");
        var pairs = new List<LoadPair>();
        try
        {
            foreach (var variant in Enum.GetValues<LoadVariant>()) pairs.Add(await StartAsync(variant, realm, user, service));
            foreach (var pair in pairs) await WarmUpAsync(pair);
            for (var round = 0; round < options.Rounds; round++) await MeasureAsync(pairs, round);
            LoadReport.Write(output, options, pairs);
        }
        finally
        {
            foreach (var pair in pairs) await pair.DisposeAsync();
        }
    }

    /// <summary>On a busy machine seconds alone would leave code that was never optimised.</summary>
    private async Task WarmUpAsync(LoadPair pair)
    {
        long calls = 0;
        for (var i = 0; i < 10 && calls < WarmUpCalls; i++) calls += (await pair.CallAsync(options.WarmUp)).Calls;
    }

    private async Task MeasureAsync(List<LoadPair> pairs, int round)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[(round + i) % pairs.Count];
            var sample = await pair.CallAsync(options.Seconds);
            pair.Samples.Add(sample);
            await Console.Error.WriteLineAsync($"round {round + 1} of {options.Rounds}: {pair.Variant,-16} {sample.CallsPerSecond,8:0} calls/s");
        }
    }

    private Task<LoadPair> StartAsync(LoadVariant variant, TestRealm realm, TestAccount user, TestAccount service)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var both = new LoadSettings(variant) { Concurrency = options.Concurrency, Krb5Config = realm.Krb5Config };
        return LoadPair.StartAsync(
            both with { Keytab = service.Keytab, SigningKey = key },
            both with { Keytab = user.Keytab, BearerToken = LoadToken.Make(key) });
    }
}
