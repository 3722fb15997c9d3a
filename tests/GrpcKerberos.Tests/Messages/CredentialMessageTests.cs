using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using GrpcKerberos.Protocol;
using GrpcKerberos.Protocol.Credentials;
using GrpcKerberos.Testing;
using GrpcKerberos.Testing.Tickets;
using GrpcKerberos.Tests.AspNetCore;
using GrpcKerberos.Tests.Client;
using Xunit;

namespace GrpcKerberos.Tests.Messages;

/// <summary>What a caller reads on the first day, when its own side or the KDC says no. Each text is met by a call.</summary>
public sealed class CredentialMessageTests
{
    private const string Etypes = "aes256-cts-hmac-sha384-192";

    [Fact]
    public async Task NoCredentials_NoCacheAndNoKeytab()
    {
        await using var scene = await MessageScene.StartAsync();
        var cache = Path.Combine(scene.Realm.Directory, "none");

        Assert.Equal(
            $"No Kerberos credentials: FILE:{cache} (from KRB5CCNAME) does not exist and no keytab is set. Next: run kinit, or set KerberosClientOptions.Keytab (KRB5_CLIENT_KTNAME).",
            await scene.FailAsync(scene.Options(), KerberosError.NoCredentials, ("KRB5CCNAME", "FILE:" + cache)));
    }

    [Fact]
    public async Task NoCredentials_CacheOfAnotherKind()
    {
        await using var scene = await MessageScene.StartAsync();

        Assert.Matches(
            @"^The credential cache is KCM:1000; GrpcKerberos reads FILE and DIR caches\. Next: KRB5CCNAME=FILE:/tmp/krb5cc_\d+ kinit, or set UseDefaultCredentials\.$",
            await scene.FailAsync(scene.Options(), KerberosError.NoCredentials, ("KRB5CCNAME", "KCM:1000")));
    }

    [Fact]
    public async Task CredentialsExpired_SaysSinceWhen()
    {
        var time = new ManualTime();
        await using var scene = await MessageScene.StartAsync(o => o.TimeProvider = time);
        var cache = await scene.Realm.AddUser("alice").LoginAsync();
        var end = time.GetUtcNow().AddHours(10);
        time.Advance(new TimeSpan(12, 10, 0));
        var options = scene.Options();
        (options.CredentialCache, options.TimeProvider) = ("FILE:" + cache, time);

        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The ticket of alice@TEST.LOCAL in FILE:{cache} (from KerberosClientOptions.CredentialCache) expired at {end:yyyy-MM-dd'T'HH:mm:ss'Z'}, 2 h 10 min ago. Next: run kinit. A service should use a keytab: it renews by itself."),
            await scene.FailAsync(options, KerberosError.CredentialsExpired));
    }

    /// <summary>A keytab that is there and may not be read is another test's: the server's, whose start reads it on the caller's own thread.</summary>
    [Fact]
    public async Task KeytabUnusable_Absent_NamesWhatNamedIt()
    {
        await using var scene = await MessageScene.StartAsync();

        Assert.Equal(
            "Keytab /nowhere/a.keytab (from KRB5_CLIENT_KTNAME) does not exist. Next: mount it there or correct the setting.",
            await scene.FailAsync(
                scene.Options(), KerberosError.KeytabUnusable, ("KRB5CCNAME", "FILE:/nowhere/cc"), ("KRB5_CLIENT_KTNAME", "/nowhere/a.keytab")));
    }

    [Fact]
    public async Task KeytabUnusable_OtherPrincipal_NamesThoseItHas()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = scene.Options();
        (options.Keytab, options.Principal) = (scene.Realm.AddUser("svc-bill").Keytab, "svc-billing@TEST.LOCAL");

        Assert.Equal(
            $"Keytab {options.Keytab} (from KerberosClientOptions.Keytab) has no key for svc-billing@TEST.LOCAL; it has svc-bill@TEST.LOCAL. Next: set Principal to a name it holds, or export it again.",
            await scene.FailAsync(options, KerberosError.KeytabUnusable));
    }

    [Fact]
    public async Task PreauthenticationFailed_KeytabOfAnOlderPassword()
    {
        await using var scene = await MessageScene.StartAsync();
        var user = scene.Realm.AddUser("svc-billing");
        var options = scene.Options();
        options.Keytab = scene.Write("exported.keytab", await File.ReadAllBytesAsync(user.Keytab));
        await scene.SucceedAsync(options);
        user.RotateKey();

        Assert.Equal(
            $"KDC {scene.Realm.Kdc} refused the key of svc-billing@TEST.LOCAL (KDC_ERR_PREAUTH_FAILED, 24); {options.Keytab} (from KerberosClientOptions.Keytab) has kvno 1, {Etypes}. "
                + "Next: the password changed after the export, or it was made with another salt: export it again.",
            await scene.FailAsync(options, KerberosError.PreauthenticationFailed));
    }

    [Fact]
    public async Task ClientUnknown_LoginByAServicePrincipalName()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = scene.Options();
        options.Keytab = scene.Write("spn.keytab", KeytabFile.Write(new TestKeys().Add("HTTP/orders.corp.example@TEST.LOCAL").Keytab));

        Assert.Equal(
            "TEST.LOCAL knows no client HTTP/orders.corp.example (KDC_ERR_C_PRINCIPAL_UNKNOWN, 6). Next: in Active Directory log in as the account (svc-orders), not as its SPN; else check spelling and case.",
            await scene.FailAsync(options, KerberosError.ClientUnknown));
    }

    [Fact]
    public async Task ServiceUnknown_SaysWhereTheNameCameFrom()
    {
        await using var scene = await MessageScene.StartAsync();

        Assert.Equal(
            "TEST.LOCAL knows no service HTTP/orders (KDC_ERR_S_PRINCIPAL_UNKNOWN, 7); the name came from \"HTTP/{host}\" and the target \"orders\". "
                + "Next: use the host name it is registered by, set ServicePrincipal, or register it (setspn -S HTTP/orders svc-orders; kadmin addprinc).",
            await scene.FailAsync(AsAlice(scene), KerberosError.ServiceUnknown, target: "https://orders"));
    }

    [Fact]
    public async Task ServiceNameUnknown_TargetIsAnAddress()
    {
        await using var scene = await MessageScene.StartAsync();

        Assert.Equal(
            "The target \"10.0.0.5:5001\" holds no host name to make a service name from, and a server is never asked for its own. Next: set KerberosClientOptions.ServicePrincipal.",
            await scene.FailAsync(AsAlice(scene), KerberosError.ServiceNameUnknown, target: "https://10.0.0.5:5001"));
    }

    [Fact]
    public async Task KdcUnreachable_NamesEachAndWhatItDid()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var refused = closed.LocalEndPoint!.ToString()!;
        (options.Realm, options.KdcTimeout) = ("TEST.LOCAL", TimeSpan.FromSeconds(1));
        options.Kdcs.Add(refused);
        options.Kdcs.Add(scene.Realm.Kdc);
        scene.Realm.Fault = KdcFault.Silent;

        Assert.Matches(
            $@"^No KDC of TEST\.LOCAL answered in 1 s: {refused} refused, {scene.Realm.Kdc} silent\. Next: check TCP port \d+ from this host; tickets at hand stay in use\.$",
            await scene.FailAsync(options, KerberosError.KdcUnreachable, StatusCode.Unavailable));
    }

    /// <summary>What DNS has to say is another test's, with a name server of its own.</summary>
    [Fact]
    public async Task KdcUnreachable_NobodyKnowsAKdc()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        options.Krb5Config = scene.Write("empty.conf", "[libdefaults]\n default_realm = CORP.EXAMPLE\n dns_lookup_kdc = false\n"u8.ToArray());
        options.Keytab = scene.Write("corp.keytab", KeytabFile.Write(new TestKeys().Add("alice@CORP.EXAMPLE").Keytab));

        Assert.Equal(
            $"No KDC is known for CORP.EXAMPLE: {options.Krb5Config} names none, and dns_lookup_kdc is off. Next: add it to [realms], or set KerberosClientOptions.Kdcs.",
            await scene.FailAsync(options, KerberosError.KdcUnreachable, StatusCode.Unavailable));
    }

    [Fact]
    public async Task ClockSkew_OfAKdcWhoseClockRuns()
    {
        await using var scene = await MessageScene.StartAsync(static o => o.TimeProvider = new RunningTime());

        Assert.Matches(
            @"^This host's clock is \d+ (d|h|min)( \d+ (h|min|s))? behind 127\.0\.0\.1 \(limit 5 min\), also after one correction\. Next: set the clock \(timedatectl set-ntp true; w32tm /resync\)\.$",
            await scene.FailAsync(AsAlice(scene), KerberosError.ClockSkew));
    }

    [Fact]
    public async Task TicketRefused_KeytabOfAnOlderKey()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        await scene.SucceedAsync(options);
        scene.Service.RotateKey();

        Assert.Equal(
            $"HTTP/localhost@TEST.LOCAL cannot open our ticket (kvno 2, {Etypes}). Next: its keytab lacks that key, or the name belongs to another account; its log, event 120, and grpc-kerberos doctor server there say which.",
            await scene.FailAsync(options, KerberosError.TicketRefused));
    }

    [Fact]
    public async Task EncryptionTypeRefused_KdcSharesNone()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        await scene.SucceedAsync(options);
        scene.Realm.Fault = KdcFault.EncryptionTypeUnsupported;

        Assert.Equal(
            "The KDC supports none of aes256-cts-hmac-sha384-192, aes128-cts-hmac-sha256-128, aes256-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96 for alice, and we offer no other. "
                + "Next: enable AES for the account (msDS-SupportedEncryptionTypes 0x18), then change its password once.",
            await scene.FailAsync(options, KerberosError.EncryptionTypeRefused));
    }

    [Fact]
    public async Task KdcRefused_AnswersThatAreNotRight()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        await scene.SucceedAsync(options);
        scene.Realm.Fault = KdcFault.WrongNonce;

        Assert.Matches(
            $@"^KDC {scene.Realm.Kdc} gave an answer that is not right: [^.]+\. Next: look for the request in that KDC's log; if it is not there, somebody else answers in its place\.$",
            await scene.FailAsync(options, KerberosError.KdcRefused));
    }

    [Fact]
    public async Task ConfigurationInvalid_IsTheValidatorsText()
    {
        await using var scene = await MessageScene.StartAsync();
        var options = AsAlice(scene);
        options.MaxHeaderTokenBytes = 1;

        var failure = Assert.Throws<KerberosException>(() => new KerberosClientInterceptor(options));

        Assert.Equal((KerberosError.ConfigurationInvalid, "KerberosClientOptions.MaxHeaderTokenBytes is 1. Next: 1024 to 24000."), (failure.Error, failure.Message));
    }

    [Fact]
    public async Task BlockingCall_ThroughTheInterceptorAlone_SendsNothing()
    {
        await using var scene = await MessageScene.StartAsync();
        using var interceptor = new KerberosClientInterceptor(AsAlice(scene));
        using var channel = scene.Channel("https://localhost");
        var client = new Greeter.V1.Greeter.GreeterClient(channel.Intercept(interceptor));

        var failure = Assert.Throws<InvalidOperationException>(() => client.SayHello(new Greeter.V1.HelloRequest()));

        Assert.Equal(
            "A blocking call hides its response headers from interceptors, so the server's proof cannot be checked. Nothing was sent. Next: call SayHelloAsync, or make the client with WithKerberos(…).",
            failure.Message);
        Assert.Equal(0, scene.Realm.RequestCount);
        Assert.Equal(Calls.Words, await Calls.MakeAsync(channel.Intercept(interceptor), Shape.Unary));
    }

    private static KerberosClientOptions AsAlice(MessageScene scene)
    {
        var options = scene.Options();
        options.Keytab = scene.Realm.AddUser("alice").Keytab;
        return options;
    }

    /// <summary>Twenty minutes later each time it is looked at.</summary>
    private sealed class RunningTime : TimeProvider
    {
        private int _looks;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + (TimeSpan.FromMinutes(20) * Interlocked.Increment(ref _looks));
    }
}
