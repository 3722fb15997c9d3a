using System.Net;
using Grpc.Core;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace GrpcKerberos.Tests.Messages;

/// <summary>
/// What an operator reads: at start, in event 120, and in ASP.NET Core's own words. Each text is met by a host or a call; those for callers are in
/// RefusedCallTests and AuthorizationTests.
/// </summary>
public sealed class ServerMessageTests : IDisposable
{
    private readonly string _directory = NobodysFiles.NewDirectory();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_KeytabNobodyMayRead_NamesOwnerAndMode()
    {
        var path = WriteKeytab(new TestKeys().Add(TestServerApp.Service));
        await using (await StartAsync(path))
        {
        }

        NobodysFiles.Forbid(path);

        var failure = NobodysFiles.Run(() => Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(path)));

        Assert.Matches(
            $@"^KerberosAuthenticationOptions\.Keytab: Keytab {path} cannot be read by uid \d+: owner [^,]+, mode 0000\. "
                + @"Next: give this user the file \(chown; in Kubernetes securityContext\.fsGroup and defaultMode 0440\)\.$",
            Assert.Single(failure.Failures));
    }

    [Fact]
    public async Task Start_OnlyRc4Keys_SaysThatItIsOff()
    {
        // The entry of an encryption type nobody knows here has no key: the octets are made by hand from those of another type, AES-128's being as long.
        var octets = KeytabFile.Write(new TestKeys().Add(TestServerApp.Service, 1, EncryptionType.Aes128CtsHmacSha1).Keytab);
        var type = octets.AsSpan().IndexOf((ReadOnlySpan<byte>)[0, 17, 0, 16]);
        octets[type + 1] = 23;
        var path = Write(octets);

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(path));

        Assert.Equal(
            [$"KerberosAuthenticationOptions.Keytab: Keytab {path}: all keys are arcfour-hmac (23), which is off. "
                + "Next: give the account AES keys and export again."],
            failure.Failures);
    }

    [Fact]
    public async Task Event120_KeytabHasAnOlderKvno() => await AssertDetailAsync(
        new TestKeys().Add(TestServerApp.Service, 2),
        new TestKeys().Add(TestServerApp.Service, 3),
        TestServerApp.Service,
        "TicketRefused at KeyVersionUnknown",
        "keytab has kvno 2 for HTTP/orders.test@TEST.LOCAL, the ticket was made for kvno 3. Next: export the keytab again.");

    [Fact]
    public async Task Event120_KeytabHasAnotherName() => await AssertDetailAsync(
        new TestKeys().Add(TestServerApp.Service),
        new TestKeys().Add("host/orders.test@TEST.LOCAL"),
        "host/orders.test@TEST.LOCAL",
        "TicketRefused at NoKey",
        "keytab has HTTP/orders.test@TEST.LOCAL, the ticket is for host/orders.test@TEST.LOCAL. Next: add that key, or correct the client's ServicePrincipal.");

    [Fact]
    public async Task Event120_KeytabHasAnotherEncryptionType() => await AssertDetailAsync(
        new TestKeys().Add(TestServerApp.Service, 3, EncryptionType.Aes128CtsHmacSha1),
        new TestKeys().Add(TestServerApp.Service, 3, EncryptionType.Aes256CtsHmacSha1),
        TestServerApp.Service,
        "TicketRefused at NoKey",
        "keytab has aes128-cts-hmac-sha1-96 for kvno 3, the ticket uses aes256-cts-hmac-sha1-96. Next: export it with all key types.");

    /// <summary>The README quotes what ASP.NET Core says in its log, and what a caller sees of it.</summary>
    [Fact]
    public async Task AspNetCore_AuthorizeWithoutAuthentication_IsStatus500()
    {
        await using var app = await new TestServerApp
        {
            Tls = false,
            Services = static (_, s) => s.AddAuthorization(),
            UsesMiddleware = false,
            Endpoints = static (a, e) =>
            {
                a.UseAuthorization();
                e.RequireAuthorization();
            },
        }.StartAsync();

        await AssertStatus500Async(app, "Unable to find the required 'IAuthenticationService' service.");
    }

    [Fact]
    public async Task AspNetCore_SeveralSchemesAndNoDefault_IsStatus500()
    {
        await using var app = await new TestServerApp
        {
            Tls = false,
            Services = static (a, s) => s.AddAuthentication().AddKerberos(a.Configure).AddKerberos("Internal", a.Configure),
            Endpoints = static (_, e) => e.RequireAuthorization(),
        }.StartAsync();

        await AssertStatus500Async(app, "No authenticationScheme was specified, and there was no DefaultChallengeScheme found.");
    }

    [Fact]
    public async Task AspNetCore_NoAuthorizationServices_CannotHappen()
    {
        await using var app = await new TestServerApp { Endpoints = static (_, e) => e.RequireAuthorization() }.StartAsync();

        Assert.Equal(TestServerApp.Alice, (await app.Client().CallAsync()).Principal);
    }

    private static async Task AssertStatus500Async(TestServerApp app, string text)
    {
        var status = (await app.Client().SendAsync()).Status;

        Assert.Equal((StatusCode.Unknown, "Bad gRPC response. HTTP status code: 500"), (status.StatusCode, status.Detail));
        Assert.Contains(app.Log.All, l => l.Level == LogLevel.Error && l.Text.Contains(text, StringComparison.Ordinal));
        Assert.Equal(0, app.Behaviour.Runs);
    }

    private static async Task AssertDetailAsync(TestKeys keytab, TestKeys kdc, string service, string step, string detail)
    {
        await using var app = await new TestServerApp { Keys = keytab }.StartAsync();
        var client = new RawClient(app.Channel(), new TestTickets(kdc, app.Time).IssueTicket(TestServerApp.Alice, service), app.Time);

        await client.SendAsync(RawClient.Value(client.Prepare()));

        var line = Assert.Single(app.Log.Ours, static l => l.Id.Id == 120);
        Assert.Equal(
            (LogLevel.Warning, $"{step} for /greeter.v1.Greeter/SayHello, unknown caller: {detail} (0 more)"),
            (line.Level, line.Text.Split('\n')[0]));
    }

    private static async Task<WebApplication> StartAsync(string keytab)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddAuthentication().AddKerberos(o => o.Keytab = keytab);
        var app = builder.Build();
        await app.StartAsync();
        return app;
    }

    private string WriteKeytab(TestKeys keys) => Write(KeytabFile.Write(keys.Keytab));

    private string Write(byte[] octets)
    {
        var path = Path.Combine(_directory, Guid.NewGuid().ToString("N") + ".keytab");
        File.WriteAllBytes(path, octets);
        return path;
    }
}
