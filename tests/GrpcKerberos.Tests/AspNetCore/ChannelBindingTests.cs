using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.AspNetCore.Acceptors;
using GrpcKerberos.AspNetCore.Calls;
using GrpcKerberos.Protocol.ApExchange;
using GrpcKerberos.Protocol.Registry;
using GrpcKerberos.Wire;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace GrpcKerberos.Tests.AspNetCore;

/// <summary>Bindings of stock clients against the certificate Kestrel itself shows, and against those of proxies.</summary>
public sealed class ChannelBindingTests : IDisposable
{
    private const string Runs = "runs";
    private const string Mismatch = "CHANNEL_BINDING_MISMATCH";

    private readonly string _directory = Directory.CreateTempSubdirectory("channel-binding-").FullName;

    [Theory]
    [InlineData(ChannelBindingPolicy.Ignore, "none", "PROVE")]
    [InlineData(ChannelBindingPolicy.Ignore, "right", "PROVE")]
    [InlineData(ChannelBindingPolicy.Ignore, "wrong", "PROVE")]
    [InlineData(ChannelBindingPolicy.Ignore, "demanded", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "none", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "right", Runs)]
    [InlineData(ChannelBindingPolicy.WhenSent, "wrong", Mismatch)]
    [InlineData(ChannelBindingPolicy.WhenSent, "demanded", Mismatch)]
    [InlineData(ChannelBindingPolicy.Require, "none", Mismatch)]
    [InlineData(ChannelBindingPolicy.Require, "right", Runs)]
    [InlineData(ChannelBindingPolicy.Require, "wrong", Mismatch)]
    public async Task Negotiate_OverTls_ByPolicy(ChannelBindingPolicy policy, string sent, string outcome)
    {
        await using var app = await StartAsync(tls: true, policy);
        Assert.Equal(outcome, await ShowAsync(app, sent, ChannelBinding.Of(app.ServerCertificate!)!));
        Assert.Equal(outcome == Runs ? 1 : 0, app.Behaviour.Runs);
    }

    [Theory]
    [InlineData(ChannelBindingPolicy.WhenSent, "none", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "right", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "demanded", "PROVE")]
    [InlineData(ChannelBindingPolicy.Require, "none", Mismatch)]
    [InlineData(ChannelBindingPolicy.Require, "right", Mismatch)]
    public async Task Negotiate_WithoutTls_ByPolicy(ChannelBindingPolicy policy, string sent, string outcome)
    {
        await using var app = await StartAsync(tls: false, policy);
        Assert.Equal(outcome, await ShowAsync(app, sent, new ChannelBinding(new byte[32])));
        Assert.Equal(0, app.Behaviour.Runs);
    }

    [Fact]
    public async Task CallsOnAKnownConnection_LookUpItsChannelAndReadTheirHeaderWithoutAllocating()
    {
        await using var app = await StartAsync(tls: true, ChannelBindingPolicy.WhenSent);
        var channels = new ChannelCertificates(ChannelBindingPolicy.WhenSent, []);
        StringValues header = new AuthorizationValue(app.Client().Prepare().Proof, default).Format();
        var (found, allocated) = (new List<IReadOnlyList<ChannelBinding>>(), long.MaxValue);
        app.Behaviour.Before = context =>
        {
            var http = context.GetHttpContext();
            found.Add(channels.Of(http));
            for (var i = 0; i < 50; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                channels.Of(http);
                var isRead = CallHeader.Read(header, 65535, acceptNegotiate: true).Value is not null;
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
                Assert.True(isRead);
            }

            found.Add(channels.Of(http));
            return Task.CompletedTask;
        };

        await app.Client().CallAsync();

        Assert.Single(found[0]);
        Assert.Same(found[0], found[1]);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task BoundSession_IsSoForTheApplicationAndItsCallsCoverTheChannel()
    {
        await using var app = await StartAsync(tls: true, ChannelBindingPolicy.WhenSent);
        var seen = new List<(bool Caller, string? Claim)>();
        app.Behaviour.Before = context =>
        {
            var http = context.GetHttpContext();
            seen.Add((http.GetKerberosCaller()!.IsChannelBound, http.User.FindFirstValue(KerberosClaimTypes.ChannelBound)));
            return Task.CompletedTask;
        };
        var client = app.Client();
        await client.CallAsync();
        var stock = new StockClient(client.Ticket, app.Time) { Binding = ChannelBinding.Of(app.ServerCertificate!) };
        var first = await client.SendAsync(stock.Header());
        stock.TakeAnswer(first.Negotiate);
        Assert.True(Protocol.Sessions.SessionId.TryRead(System.Buffers.Text.Base64Url.DecodeFromChars(first.Info.AsSpan(8, 22)), out var session));

        var later = await client.SendAsync(stock.Call(session, out var mic));

        Assert.True(stock.Verifies(later, mic));
        Assert.Equal([(false, null), (true, "true"), (true, "true")], seen);
        Assert.Equal("PROOF_REFUSED", (await client.SendAsync(new StockClient(client.Ticket, app.Time).Call(session, out _))).Error);
    }

    /// <summary>What is bound to a proxy's channel was read behind the proxy: it proves a session, and runs nothing alone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BoundToAListedProxy_ProvesAndIsBound(bool tls)
    {
        using var certificate = Make(HashAlgorithmName.SHA384);
        var path = Write("proxy.pem", certificate.ExportCertificatePem());
        await using var app = await StartAsync(tls, ChannelBindingPolicy.Require, path);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Binding = ChannelBinding.Of(certificate) };
        var bound = false;
        app.Behaviour.Before = context =>
        {
            bound = context.GetHttpContext().GetKerberosCaller()!.IsChannelBound;
            return Task.CompletedTask;
        };

        var outcome = await client.SendAsync(stock.Header());
        Assert.True(RefusalValue.TryParse(outcome.Challenge, out var prove));
        Assert.Equal(("PROVE", 0), (prove.Error, app.Behaviour.Runs));
        stock.TakeAnswer(outcome.Negotiate);
        var later = await client.SendAsync(stock.Call(prove.Session!.Value, out var mic));

        Assert.True(stock.Verifies(later, mic));
        Assert.True(bound);
    }

    [Fact]
    public async Task Mismatch_IsToldAsWhatItIs()
    {
        await using var app = await StartAsync(tls: true, ChannelBindingPolicy.WhenSent);
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time) { Binding = new ChannelBinding(new byte[32]) };

        var outcome = await client.SendAsync(stock.Header());

        Assert.Equal(KerberosErrorCode.KRB_AP_ERR_MODIFIED, stock.ReadError(outcome.Negotiate).Code);
        Assert.Equal("The TLS certificate you saw is not the service's. Next: if a proxy ends TLS, list its certificate in ChannelBindingCertificates.", outcome.Status.Detail);
    }

    [Fact]
    public async Task RequiredAndNotSent_IsToldAsWhatItIs()
    {
        await using var app = await StartAsync(tls: true, ChannelBindingPolicy.Require);
        var client = app.Client();

        var outcome = await client.SendAsync(new StockClient(client.Ticket, app.Time).Header());

        Assert.StartsWith("The proof is bound to no TLS certificate that the service knows as its own. Next: set ChannelBinding in the client", outcome.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("sent no channel binding, which is required. Next: let it set ChannelBinding", Assert.Single(app.Log.Ours, static l => l.Id.Id == 120).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_NotFitToBindTo_StopTheStartAllAtOnce()
    {
        using var certificate = Make(HashAlgorithmName.SHA256);
        var key = Write("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        var damaged = Write("damaged.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        var edwards = Write("ed25519.pem", Ed25519);
        var absent = Path.Combine(_directory, "absent.pem");
        var chain = Write("chain.pem", "a comment\n" + certificate.ExportCertificatePem() + "\n" + Ed25519);
        await using (await StartAsync(tls: false, ChannelBindingPolicy.WhenSent, chain))
        {
        }

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(tls: false, ChannelBindingPolicy.WhenSent, chain, key, damaged, edwards, absent, _directory, ""));

        const string Setting = "KerberosAuthenticationOptions.ChannelBindingCertificates: ";
        Assert.Equal(
            [
                $"{Setting}{key} holds no certificate in PEM. Next: name the file with the certificate the proxy shows, \"-----BEGIN CERTIFICATE-----\" in it.",
                $"{Setting}{damaged} begins with a certificate that is damaged. Next: copy it again.",
                $"{Setting}{edwards} is signed by {FriendlyName}, to which nothing can be bound (RFC 5929 section 4.1). Next: give the proxy a certificate signed with RSA or ECDSA, or take the path out.",
                $"{Setting}{absent} does not exist. Next: correct the path, or mount the file.",
                $"{Setting}{_directory} is a directory. Next: name the PEM file of the proxy's certificate.",
                $"{Setting}it has an empty path. Next: take it out.",
            ],
            e.Failures);
    }

    [Fact]
    public async Task Certificates_WithBindingsIgnored_StopTheStart()
    {
        using var certificate = Make(HashAlgorithmName.SHA256);
        var path = Write("proxy.pem", certificate.ExportCertificatePem());

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(tls: false, ChannelBindingPolicy.Ignore, path));

        Assert.Equal("KerberosAuthenticationOptions.ChannelBindingCertificates is set and ChannelBinding is Ignore. "
            + "Next: take the certificates out, or set ChannelBinding to WhenSent.", Assert.Single(e.Failures));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Self-signed by <c>openssl req -x509 -newkey ed25519</c>; the key is thrown away.</summary>
    private const string Ed25519 = """
        -----BEGIN CERTIFICATE-----
        MIIBQDCB86ADAgECAhQvFZniF6VcmYON7gpSAFtztzSuyDAFBgMrZXAwFTETMBEG
        A1UEAwwKcHJveHkudGVzdDAgFw0yNjExMjUxNjQ0MDlaGA8yMTI2MTEwMTE2NDQw
        OVowFTETMBEGA1UEAwwKcHJveHkudGVzdDAqMAUGAytlcAMhABnJLZ6h+71RfA1K
        96KmcZkvndZfRu8E9JRWqLzYC6Ako1MwUTAdBgNVHQ4EFgQUaW91UOtHG73Mlr2y
        IrrC1InH9bgwHwYDVR0jBBgwFoAUaW91UOtHG73Mlr2yIrrC1InH9bgwDwYDVR0T
        AQH/BAUwAwEB/zAFBgMrZXADQQCtpA/hhRq/Lg4yaGQKg6Fux5GfgH5akZeCgdt4
        tdZWVoT1ZFNK72aK86g0FUh9h22Ccw0Ct2cAOX1cPxPeKXAO
        -----END CERTIFICATE-----
        """;

    private static string FriendlyName
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(Ed25519);
            return certificate.SignatureAlgorithm.FriendlyName ?? "1.3.101.112";
        }
    }

    private static async Task<string> ShowAsync(TestServerApp app, string sent, ChannelBinding right)
    {
        var client = app.Client();
        var stock = new StockClient(client.Ticket, app.Time)
        {
            Binding = sent switch
            {
                "right" => right,
                "wrong" => new ChannelBinding(Enumerable.Repeat((byte)1, 32).ToArray()),
                _ => null,
            },
            DemandsBinding = sent == "demanded",
        };
        var outcome = await client.SendAsync(stock.Header());
        if (outcome.Status.StatusCode == StatusCode.OK) return Runs;
        Assert.Equal(StatusCode.Unauthenticated, outcome.Status.StatusCode);
        return outcome.Error;
    }

    private static Task<TestServerApp> StartAsync(bool tls, ChannelBindingPolicy policy, params string[] certificates) => new TestServerApp
    {
        Tls = tls,
        Options = o =>
        {
            o.SessionPortability = SessionPortability.Auto;
            o.ChannelBinding = policy;
            foreach (var path in certificates) o.ChannelBindingCertificates.Add(path);
        },
    }.StartAsync();

    private static X509Certificate2 Make(HashAlgorithmName hash)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=proxy", key, hash).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
