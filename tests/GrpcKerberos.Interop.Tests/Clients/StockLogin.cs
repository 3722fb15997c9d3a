using GrpcKerberos.Interop.Tests.Peers;

namespace GrpcKerberos.Interop.Tests.Clients;

/// <summary>How a client of examples/Clients comes by its ticket, and that it is greeted with it.</summary>
internal static class StockLogin
{
    /// <summary>An environment in which each language logs in with the keytab. There is no cache to take.</summary>
    /// <param name="folder">Where a file for the JDK may be put.</param>
    /// <param name="krb5Config">The realm's krb5.conf.</param>
    /// <param name="keytab">The caller's keytab.</param>
    /// <param name="principal">The caller, with the realm.</param>
    public static Dictionary<string, string> WithKeytab(string folder, string krb5Config, string keytab, string principal)
    {
        var login = Path.Combine(folder, "login.conf");
        File.WriteAllText(login, $$"""
            com.sun.security.jgss.krb5.initiate {
              com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab="{{keytab}}" principal="{{principal}}" doNotPrompt=true;
            };
            """);
        return new Dictionary<string, string>
        {
            ["KRB5_CONFIG"] = krb5Config,
            ["KRB5CCNAME"] = "FILE:" + Path.Combine(folder, "no-cache"),
            ["KRB5_CLIENT_KTNAME"] = "FILE:" + keytab,
            ["JAVA_OPTS"] = "-Djava.security.auth.login.config=" + login,
        };
    }

    /// <summary>A login of the user by his keytab with MIT's kinit, and two calls.</summary>
    public static async Task GreetsAsync(this ForeignRealm realm, Peer language, string user, string caller)
    {
        var cache = realm.NewCache();
        (await realm.RunAsync("kinit", ["-kt", realm.Keytab(user), user], cache: cache)).EnsureSuccess();
        await using var server = await WatchedGreeter.StartAsync(realm.Keytab("HTTP"), realm.Krb5Conf, certificate: null);
        await server.GreetsTwiceAsync(language, realm.Environment(cache), caller);
    }

    /// <summary>Two calls in one session.</summary>
    public static async Task GreetsTwiceAsync(this WatchedGreeter server, Peer language, IReadOnlyDictionary<string, string> environment, string caller)
    {
        await using var client = await StockClient.StartAsync(language, server, environment);

        Assert.Equal($"Hello world, you are {caller}.", await client.GreetAsync("world"));
        Assert.Equal($"Hello moon, you are {caller}.", await client.GreetAsync("moon"));
        Assert.Equal(1, server.Establishes);
    }
}
