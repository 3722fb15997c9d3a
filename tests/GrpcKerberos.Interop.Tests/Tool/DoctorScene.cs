using System.Security.Cryptography.X509Certificates;
using GrpcKerberos.Interop.Tests.Peers;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Tests.Client;
using GrpcKerberos.Tool.Tests;
using GrpcKerberos.Tool.Tests.Doctor;
using Microsoft.AspNetCore.Http;

namespace GrpcKerberos.Interop.Tests.Tool;

/// <summary>A realm that is not ours, a service of ours in it with TLS, and the doctor on both sides.</summary>
internal sealed class DoctorScene(ForeignRealm realm) : IAsyncDisposable
{
    /// <summary>Nobody listens there.</summary>
    private const int DiscardPort = 9;

    private readonly X509Certificate2 _certificate = TestService.NewCertificate("localhost");
    private TestService? _server;

    public Uri Target => _server!.Target;

    private string Trusted => Path.Combine(realm.Folder, _certificate.GetCertHashString() + ".pem");

    /// <param name="keytab">The service's; null: it has no Kerberos at all.</param>
    /// <param name="first">What stands before it.</param>
    public async Task StartAsync(string? keytab, Func<HttpContext, RequestDelegate, Task>? first = null)
    {
        await File.WriteAllTextAsync(Trusted, _certificate.ExportCertificatePem());
        _server = await TestService.StartAsync(_certificate, keytab is null ? null : o => (o.Keytab, o.Krb5Config) = (keytab, realm.Krb5Conf), first: first);
    }

    /// <param name="cache">Of kinit.</param>
    /// <param name="service">The part before the slash.</param>
    /// <param name="shift">How far this host's clock is off.</param>
    /// <param name="config">krb5.conf; null: the realm's.</param>
    /// <param name="target">Null: the server's.</param>
    /// <param name="trusted">Whether its certificate is.</param>
    public Task<ToolRun> ClientAsync(
        string cache, string service = "HTTP", TimeSpan shift = default, string? config = null, Uri? target = null, bool trusted = true)
    {
        string[] spn = service == "HTTP" ? [] : ["--spn", service + "/localhost"];
        string[] trust = trusted ? ["--trust", Trusted] : [];
        return ToolRun.Of(
            ["doctor", "client", "--target", (target ?? Target).ToString(), .. spn, .. trust],
            new ShiftedTime(shift),
            new() { ["KRB5_CONFIG"] = config ?? realm.Krb5Conf, ["KRB5CCNAME"] = "FILE:" + cache });
    }

    /// <param name="keytab">The service's.</param>
    /// <param name="cache">Of kinit; null: the keytab logs in by itself.</param>
    /// <param name="shift">How far this host's clock is off.</param>
    /// <param name="config">krb5.conf; null: the realm's.</param>
    public Task<ToolRun> ServerAsync(string keytab, string? cache, TimeSpan shift = default, string? config = null) => ToolRun.Of(
        ["doctor", "server"],
        new ShiftedTime(shift),
        new() { ["KRB5_CONFIG"] = config ?? realm.Krb5Conf, ["KRB5_KTNAME"] = keytab, ["KRB5CCNAME"] = "FILE:" + (cache ?? Path.Combine(realm.Folder, "absent")) });

    /// <summary>A krb5.conf that knows the realm, and as its KDC nobody; or no KDC at all.</summary>
    public async Task<string> ConfigWithoutKdcAsync(string realmName, bool names)
    {
        var path = realm.NewCache();
        var kdc = names ? $"[realms]\n{realmName} = {{\n  kdc = 127.0.0.1:{DiscardPort}\n}}\n" : "";
        await File.WriteAllTextAsync(path, $"[libdefaults]\n  default_realm = {realmName}\n  dns_lookup_kdc = false\n{kdc}");
        return path;
    }

    /// <summary>The same cache, as it would be read a day after.</summary>
    public string Expired(string cache)
    {
        var kept = CredentialCacheFile.Load(new FileLocation(cache));
        var path = realm.NewCache();
        var day = TimeSpan.FromDays(1);
        CredentialCacheFile.Save(new CredentialCache(kept.Owner, [.. kept.Tickets.Select(t => t with { Ends = t.Ends - day })]), path);
        return path;
    }

    /// <summary>The same keytab with keys of one type alone.</summary>
    public string With(string keytab, EncryptionType type)
    {
        var path = realm.NewCache();
        File.WriteAllBytes(path, KeytabFile.Write(new Keytab([.. KeytabLoader.Load(keytab).Entries.Where(e => e.Type == type)])));
        return path;
    }

    /// <summary>As a proxy does that passes on what it knows and nothing else.</summary>
    public static Task StripProof(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Remove("authentication-info");
            return Task.CompletedTask;
        });
        return next(context);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _certificate.Dispose();
    }
}
