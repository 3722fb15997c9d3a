using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.AspNetCore;
using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol.ApExchange.Gss;
using GrpcKerberos.Protocol.Messages;
using GrpcKerberos.Protocol.Registry;

namespace GrpcKerberos.Interop.Tests.Gss;

/// <summary>
/// gss_init_sec_context, gss_get_mic and gss_verify_mic of MIT and of Java, whole calls against our server on Kestrel: portable over TLS (the key is
/// the initiator's) and server-bound without (the acceptor's), by the header and by Establish.
/// </summary>
[Collection(MitRealm.Collection)]
public sealed class StockGssTests(MitRealm realm)
{
    private const string Runs = "runs";
    private const string Mismatch = "CHANNEL_BINDING_MISMATCH";

    public static TheoryData<string, string, bool, bool> Contexts
    {
        get
        {
            var contexts = new TheoryData<string, string, bool, bool>();
            foreach (var row in MitClient.Enctypes)
                foreach (var options in new[] { "mutual", "mutual spnego", "", "spnego" })
                    foreach (var tls in new[] { false, true })
                        foreach (var establish in new[] { false, true })
                            // Without mutual authentication nobody learns the key of a server-bound session.
                            if (tls || options.StartsWith("mutual", StringComparison.Ordinal)) contexts.Add((string)row[0], options, tls, establish);
            return contexts;
        }
    }

    [PeerTheory]
    [MemberData(nameof(Contexts))]
    public async Task Mit_EstablishesAndProvesCalls(string enctype, string options, bool tls, bool establish)
    {
        using var certificate = tls ? Certificate() : null;
        await using var host = await StartAsync(enctype, certificate);
        await using var peer = await StockPeer.MitAsync(realm, host, $"et-{enctype}@localhost", Words(options));
        await ProvesCallsAsync(peer, establish);
    }

    [JavaTheory]
    [MemberData(nameof(Contexts))]
    public async Task Java_EstablishesAndProvesCalls(string enctype, string options, bool tls, bool establish)
    {
        using var certificate = tls ? Certificate() : null;
        await using var host = await StartAsync(enctype, certificate);
        await using var peer = await StockPeer.JavaAsync(realm, host, $"et-{enctype}@localhost", Words(options));
        await ProvesCallsAsync(peer, establish);
    }

    [PeerTheory]
    [InlineData("")]
    [InlineData("spnego")]
    public async Task Mit_WithoutMutualAuthenticationToAServerBoundService_RefusedInKind(string options)
    {
        await using var host = await StartAsync("aes256-cts", certificate: null);
        await using var peer = await StockPeer.MitAsync(realm, host, "et-aes256-cts@localhost", Words(options));

        var outcome = await peer.ShowAsync();

        Assert.Equal("PROOF_REFUSED", outcome.Refusal?.Error);
        ReadOnlyMemory<byte> answer = outcome.Negotiate;
        if (options.Length > 0)
        {
            Assert.True(Spnego.TryReadResponse(answer, out var response, out var problem), problem);
            Assert.Equal(SpnegoState.Reject, response.State);
            answer = response.ResponseToken;
        }

        Assert.True(Protocol.ApExchange.Gss.GssFrame.TryUnwrap(answer, out var message, out _));
        Assert.Equal((GssMessage.KrbError, KerberosErrorCode.KRB_AP_ERR_MODIFIED), (message.Kind, KrbError.Decode(message.Message).Code));
    }

    [PeerTheory]
    [InlineData(ChannelBindingPolicy.Ignore, "none", "PROVE")]
    [InlineData(ChannelBindingPolicy.Ignore, "right", "PROVE")]
    [InlineData(ChannelBindingPolicy.Ignore, "wrong", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "none", "PROVE")]
    [InlineData(ChannelBindingPolicy.WhenSent, "right", Runs)]
    [InlineData(ChannelBindingPolicy.WhenSent, "wrong", Mismatch)]
    [InlineData(ChannelBindingPolicy.Require, "none", Mismatch)]
    [InlineData(ChannelBindingPolicy.Require, "right", Runs)]
    [InlineData(ChannelBindingPolicy.Require, "wrong", Mismatch)]
    public async Task Mit_BoundToTheTlsChannel_ByPolicy(ChannelBindingPolicy policy, string sent, string expected)
    {
        using var certificate = Certificate(HashAlgorithmName.SHA384);
        using var other = Certificate(HashAlgorithmName.SHA384);
        await using var host = await StartAsync("aes256-sha2", certificate, o => o.ChannelBinding = policy);
        foreach (var options in new[] { "mutual", "mutual spnego" })
        {
            var binding = sent == "none" ? null : SHA384.HashData((sent == "right" ? certificate : other).RawData);
            await using var peer = await StockPeer.MitAsync(realm, host, "et-aes256-sha2@localhost", Words(options), binding);
            var outcome = await peer.ShowAsync();
            Assert.Equal(expected, outcome.Reply is not null ? Runs : outcome.Refusal!.Error);
        }
    }

    /// <summary>Establish runs nothing whatever is bound, and the session's MICs cover the channel.</summary>
    [PeerTheory]
    [InlineData("mutual")]
    [InlineData("mutual spnego")]
    [InlineData("spnego")]
    public async Task Mit_BoundToTheTlsChannel_EstablishesAndProvesCalls(string options)
    {
        using var certificate = Certificate();
        await using var host = await StartAsync("aes256-cts", certificate, static o => o.ChannelBinding = ChannelBindingPolicy.Require);
        await using var peer = await StockPeer.MitAsync(realm, host, "et-aes256-cts@localhost", Words(options), SHA256.HashData(certificate.RawData));
        await ProvesCallsAsync(peer, establish: true);
    }

    private static async Task ProvesCallsAsync(StockPeer peer, bool establish)
    {
        if (establish) await peer.EstablishAsync();
        else await peer.ProveAsync();
        for (var i = 0; i < 3; i++) await peer.CallAsync();
    }

    private Task<GreeterHost> StartAsync(string enctype, X509Certificate2? certificate, Action<KerberosAuthenticationOptions>? configure = null) =>
        GreeterHost.StartAsync(realm.Keytab("et-" + enctype), realm.Krb5Conf, configure, certificate);

    private static string[] Words(string options) => options.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static X509Certificate2 Certificate(HashAlgorithmName? hash = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=localhost", key, hash ?? HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
