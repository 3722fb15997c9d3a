using GrpcKerberos.Interop.Tests.Mit;
using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Realms;

/// <summary>Whole gRPC calls of ours in somebody else's realm.</summary>
internal static class RealmCalls
{
    public const string Establish = "/grpckerberos.v1.SessionService/Establish";

    public const string SayHello = "/greeter.v1.Greeter/SayHello";

    /// <summary>Our client in that realm; <paramref name="service"/> is the part before the slash.</summary>
    public static KerberosClientInterceptor Client(this ForeignRealm realm, string service, KerberosClientOptions options)
    {
        options.Krb5Config ??= realm.Krb5Conf;
        options.ServicePrincipal = service + "/{host}";
        return new KerberosClientInterceptor(options);
    }

    /// <summary>Two calls to our server with the service's keytab: the first makes the session, the second goes by it. Gives the paths of all requests.</summary>
    public static async Task<IReadOnlyList<string>> GreetTwiceAsync(this ForeignRealm realm, string service, string caller, KerberosClientOptions options)
    {
        await using var host = await GreeterHost.StartAsync(realm.Keytab(service), realm.Krb5Conf);
        using var client = realm.Client(service, options);
        for (var i = 0; i < 2; i++) Assert.Equal(caller, (await host.GreetAsync(client)).Principal);
        return host.Requests;
    }

    public static KerberosClientOptions WithKeytab(this ForeignRealm realm, string user) => new() { Keytab = realm.Keytab(user) };

    public static KerberosClientOptions WithCache(string path) => new() { CredentialCache = "FILE:" + path };
}
