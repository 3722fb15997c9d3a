using System.Net;
using Grpc.Core;
using GrpcKerberos.Tests.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Notes.V1;
using Xunit;

namespace GrpcKerberos.Tests.Beside;

/// <summary>The same methods by gRPC and by JSON: a proof covers gRPC calls alone, and a JSON request is refused as HTTP has it.</summary>
public sealed class TranscodingTests
{
    private const string Path = "/v1/notes/x";
    private const string Challenge = "Kerberos error=TOKEN_MISSING";

    [Fact]
    public async Task Grpc_WithAProof_RunsAsEver()
    {
        await using var scene = await BesideScene.StartAsync();

        Assert.Equal("alice@TEST.LOCAL", (await new Notes.V1.Notes.NotesClient(scene.AsAlice()).ReadAsync(new ReadRequest { Name = "x" })).Reader);
    }

    [Theory]
    [InlineData(Path)]
    [InlineData(Path + "/changes")]
    public async Task Json_WithoutAUser_Is401WithAChallengeAndTheMend(string path)
    {
        await using var scene = await BesideScene.StartAsync();

        var (status, challenge, body) = await scene.GetAsync(path);

        Assert.Equal((HttpStatusCode.Unauthorized, Challenge), (status, challenge));
        Assert.Contains(
            "This method needs Kerberos, which is proved by gRPC calls alone. "
            + "Next: call it by gRPC; or let the service authenticate plain HTTP by a scheme beside Kerberos.",
            body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Negotiate YIIB")]
    [InlineData("Kerberos token=AAAA")]
    [InlineData("Basic YWxpY2U6eA==")]
    public async Task Json_WithAHeaderNobodyReads_IsTheSame(string authorization)
    {
        await using var scene = await BesideScene.StartAsync();

        var (status, challenge, _) = await scene.GetAsync(Path, ("authorization", authorization));

        Assert.Equal((HttpStatusCode.Unauthorized, Challenge), (status, challenge));
    }

    /// <summary>The content type is the sender's to choose.</summary>
    [Theory]
    [InlineData("application/grpc", null)]
    [InlineData("APPLICATION/GRPC; charset=utf-8", "Kerberos token=AAAA")]
    [InlineData("application/grpc+json", "Negotiate YIIB")]
    [InlineData("application/grpc-web+json", "Bearer x")]
    [InlineData("application/json, application/grpc", "Kerberos token=AAAA")]
    public async Task Json_CalledGrpc_IsTheSame(string type, string? authorization)
    {
        await using var scene = await BesideScene.StartAsync();

        var (status, challenge, _) = await scene.GetAsync(Path, type, authorization is null ? [] : [("authorization", authorization)]);

        Assert.Equal((HttpStatusCode.Unauthorized, Challenge), (status, challenge));
    }

    /// <summary>What its MIC covers is the method, which the address leads to as well; GET has its message there.</summary>
    [Theory]
    [InlineData(false, "GET", "/v1/notes/another")]
    [InlineData(true, "GET", "/v1/notes/another")]
    [InlineData(false, "POST", "/v1/notes/another:read")]
    [InlineData(true, "POST", "/v1/notes/another:read")]
    public async Task Json_CalledGrpcWithAProofOfThatMethod_DoesNotRun(bool authorize, string verb, string path)
    {
        await using var scene = await BesideScene.StartAsync(map: a =>
        {
            var notes = a.MapGrpcService<BesideScene.NotesService>();
            if (authorize) notes.RequireAuthorization();
        });
        using var turned = new Turned(new HttpMethod(verb));
        var client = new Notes.V1.Notes.NotesClient(scene.AsAlice(turned));
        Assert.Equal("about x", (await client.ReadAsync(new ReadRequest { Name = "x" })).Text);

        turned.Path = path;
        await Assert.ThrowsAsync<RpcException>(() => client.ReadAsync(new ReadRequest { Name = "x" }).ResponseAsync);

        var (status, challenge, body) = turned.Answers[0];
        Assert.Equal((HttpStatusCode.Unauthorized, Challenge), (status, challenge));
        Assert.DoesNotContain("another", body, StringComparison.Ordinal);
    }

    /// <summary>gRPC's own route may stand below a prefix, and is written in any case.</summary>
    [Theory]
    [InlineData("/inner/notes.v1.Notes/Read")]
    [InlineData("/INNER/NOTES.V1.notes/read")]
    public async Task Grpc_BelowAGroup_Runs(string path)
    {
        await using var scene = await BesideScene.StartAsync(map: static a => a.MapGroup("/inner").MapGrpcService<BesideScene.NotesService>().RequireAuthorization());
        using var moved = new Moved(path);

        Assert.Equal("alice@TEST.LOCAL", (await new Notes.V1.Notes.NotesClient(scene.AsAlice(moved)).ReadAsync(new ReadRequest { Name = "x" })).Reader);
    }

    [Fact]
    public async Task Json_OfAnAuthorizedMethod_Is401WithAChallenge()
    {
        await using var scene = await BesideScene.StartAsync(map: static a => a.MapGrpcService<BesideScene.NotesService>().RequireAuthorization());

        var (status, challenge, _) = await scene.GetAsync(Path);

        Assert.Equal((HttpStatusCode.Unauthorized, Challenge), (status, challenge));
    }

    [Fact]
    public async Task Json_OfAnAnonymousMethod_Runs()
    {
        await using var scene = await BesideScene.StartAsync(map: static a => a.MapGrpcService<BesideScene.NotesService>().AllowAnonymous());

        var (status, _, body) = await scene.GetAsync(Path);

        Assert.Equal((HttpStatusCode.OK, "about x"), (status, Parse(body).Text));
    }

    /// <summary>AddNegotiate and AddJwtBearer stand so.</summary>
    [Fact]
    public async Task Json_UserOfAnotherScheme_RunsAndGrpcStillNeedsItsProof()
    {
        await using var scene = await BesideScene.StartAsync(
            static a => a.AddHeaderScheme(),
            static s => s.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder("Kerberos", "Header").RequireAuthenticatedUser().Build()),
            static a => a.MapGrpcService<BesideScene.NotesService>().RequireAuthorization());

        var (status, _, body) = await scene.GetAsync(Path, ("x-user", "carol"));
        Assert.Equal((HttpStatusCode.OK, "carol"), (status, Parse(body).Reader));
        Assert.Equal("alice@TEST.LOCAL", (await new Notes.V1.Notes.NotesClient(scene.AsAlice()).ReadAsync(new ReadRequest { Name = "x" })).Reader);
        var unproved = new Notes.V1.Notes.NotesClient(scene.Channel());
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => unproved.ReadAsync(new ReadRequest()).ResponseAsync)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await scene.GetAsync(Path)).Status);
    }

    [Fact]
    public async Task Json_UserWhoMayNot_Is403()
    {
        await using var scene = await BesideScene.StartAsync(
            static a => a.AddHeaderScheme(),
            map: static a => a.MapGrpcService<BesideScene.NotesService>().RequireAuthorization(static p => p.AddAuthenticationSchemes("Header").RequireKerberosPrincipal("carol@TEST.LOCAL")));

        Assert.Equal(HttpStatusCode.Forbidden, (await scene.GetAsync(Path, ("x-user", "carol@TEST.LOCAL"))).Status);
    }

    /// <summary>Sends Read to another address.</summary>
    private sealed class Moved(string path) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/Read", StringComparison.Ordinal)) request.RequestUri = new Uri(request.RequestUri, path);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Sends a call's proof with a request of its own.</summary>
    private sealed class Turned(HttpMethod verb) : DelegatingHandler(new SocketsHttpHandler())
    {
        public string? Path { get; set; }

        public List<(HttpStatusCode Status, string Challenge, string Body)> Answers { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Path is null) return await base.SendAsync(request, cancellationToken);
            using var other = new HttpRequestMessage(verb, new Uri(request.RequestUri!, Path));
            (other.Version, other.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            other.Headers.TryAddWithoutValidation("authorization", request.Headers.GetValues("authorization"));
            (other.Content = new ByteArrayContent([])).Headers.TryAddWithoutValidation("content-type", "application/grpc");
            var response = await base.SendAsync(other, cancellationToken);
            Answers.Add((response.StatusCode, response.Headers.WwwAuthenticate.ToString(), await response.Content.ReadAsStringAsync(cancellationToken)));
            return response;
        }
    }

    private static Note Parse(string json) => Note.Parser.ParseJson(json);
}
